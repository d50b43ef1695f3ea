package driver

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"capstan/contract"
)

// TLSFiles are PEM files; empty ones are left out: the certificates of the system are trusted, and
// none of its own is shown.
type TLSFiles struct{ CA, Certificate, Key string }

// TLSFilesOf is what a contract says; nil without TLS.
func TLSFilesOf(t *contract.Tls) *TLSFiles {
	if t == nil {
		return nil
	}
	return &TLSFiles{CA: contract.Value(t.CaFile), Certificate: contract.Value(t.CertFile), Key: contract.Value(t.KeyFile)}
}

// Config reads the files; nil without TLS. The error is one line for a person.
func (f *TLSFiles) Config() (*tls.Config, error) {
	if f == nil {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if f.CA != "" {
		text, err := os.ReadFile(f.CA)
		if err != nil {
			return nil, fmt.Errorf("tls.caFile: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("tls.caFile: wanted certificates as PEM, got none in %s", f.CA)
		}
	}
	if f.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
		if err != nil {
			return nil, fmt.Errorf("tls.certFile: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}
