module hello

go 1.26.0

require runtime.test v0.0.0

replace runtime.test => ../../runtime
