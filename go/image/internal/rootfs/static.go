package rootfs

import "strconv"

// User is the id of the user and of the group that the binary runs as, as in other images without a shell.
const User = 65532

const rootsPath = "etc/ssl/certs/ca-certificates.crt"

// RootsPath is where the CA certificates lie in the image.
const RootsPath = "/" + rootsPath

var (
	id     = strconv.Itoa(User)
	passwd = "root:x:0:0:root:/:/sbin/nologin\n" +
		"nonroot:x:" + id + ":" + id + ":nonroot:/tmp:/sbin/nologin\n"
	group    = "root:x:0:\nnonroot:x:" + id + ":\n"
	nsswitch = "hosts: files dns\n"
)

// Static returns what every image holds beside its binary: the users, how names are resolved, the CA certificates
// and a /tmp for everyone. It does not depend on the app, so that images share it as one layer.
func Static() []Entry {
	return []Entry{
		{Path: "etc/", Mode: 0o755},
		{Path: "etc/group", Mode: 0o644, Content: []byte(group)},
		{Path: "etc/nsswitch.conf", Mode: 0o644, Content: []byte(nsswitch)},
		{Path: "etc/passwd", Mode: 0o644, Content: []byte(passwd)},
		{Path: "etc/ssl/", Mode: 0o755},
		{Path: "etc/ssl/certs/", Mode: 0o755},
		{Path: rootsPath, Mode: 0o644, Content: Roots()},
		{Path: "tmp/", Mode: 0o1777},
	}
}

// Binary returns the entry of the app's binary, at /name.
func Binary(name string, content []byte) []Entry {
	return []Entry{{Path: name, Mode: 0o755, Content: content}}
}
