// Command kubernetes is etcd, kube-apiserver and kubectl of one Kubernetes release in one program. It takes the
// role of the name it is started under, so a folder of symbolic links stands for the three programs while the
// libraries that they share are linked once.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	switch role := filepath.Base(os.Args[0]); role {
	case "etcd":
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "kubectl":
		os.Exit(cli.Run(kubectl.NewDefaultKubectlCommand()))
	default:
		fmt.Fprintf(os.Stderr, "%s: start this program as etcd, kube-apiserver or kubectl\n", role)
		os.Exit(2)
	}
}
