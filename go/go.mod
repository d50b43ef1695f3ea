module capstan

go 1.26.0

require github.com/santhosh-tekuri/jsonschema/v6 v6.0.3

require (
	go.uber.org/goleak v1.3.0
	golang.org/x/text v0.42.0 // indirect
)
