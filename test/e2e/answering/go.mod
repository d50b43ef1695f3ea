module capstan/test/e2e/answering

go 1.26.0
