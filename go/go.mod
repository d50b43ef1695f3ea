module capstan

go 1.26
