module runtime.test

go 1.26.0
