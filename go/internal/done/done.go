// Package done has the error that workers and idempotent effects share.
package done

import "errors"

// Err says that an effect was in place before.
var Err = errors.New("already done")
