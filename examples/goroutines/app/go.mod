module my-app

go 1.26.0

require capstan v0.0.0

replace capstan => ../../../go
