module natsexporter

go 1.26.0
