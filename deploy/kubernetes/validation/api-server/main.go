// A Kubernetes API server with its store, in one process, to try manifests on. Nothing else of a cluster is there: objects are
// accepted or refused, and no controller acts on them.
//
// The argument is a directory for data, which also gets a kubeconfig.
package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{name: here, cluster: {server: "https://127.0.0.1:%d", insecure-skip-tls-verify: true}}]
users: [{name: admin, user: {token: %s}}]
contexts: [{name: here, context: {cluster: here, user: admin}}]
current-context: here
`

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: api-server DIRECTORY")
		os.Exit(2)
	}
	os.Exit(run(os.Args[1]))
}

func run(directory string) int {
	etcd := startEtcd(filepath.Join(directory, "etcd"))
	defer etcd.Close()

	port, token := freePort(), rand.Text()
	write(directory, "kubeconfig", fmt.Sprintf(kubeconfig, port, token))
	tokens := write(directory, "tokens.csv", token+",admin,admin,system:masters\n")
	key := write(directory, "service-accounts.pem", newKey())

	command := app.NewAPIServerCommand()
	command.SetArgs([]string{
		"--etcd-servers=" + etcd.Config().AdvertiseClientUrls[0].String(),
		"--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port),
		"--cert-dir=" + filepath.Join(directory, "certificates"),
		"--token-auth-file=" + tokens,
		"--authorization-mode=RBAC",
		"--service-account-issuer=https://localhost",
		"--service-account-key-file=" + key,
		"--service-account-signing-key-file=" + key,
		"--service-cluster-ip-range=10.0.0.0/24",
	})
	return cli.Run(command)
}

func startEtcd(directory string) *embed.Etcd {
	config := embed.NewConfig()
	config.Dir = directory
	config.LogLevel = "error"
	config.UnsafeNoFsync = true
	clients, peers := loopback(), loopback()
	config.ListenClientUrls, config.AdvertiseClientUrls = clients, clients
	config.ListenPeerUrls, config.AdvertisePeerUrls = peers, peers
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	require(err)
	<-etcd.Server.ReadyNotify()
	return etcd
}

func loopback() []url.URL {
	return []url.URL{{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", freePort())}}
}

func freePort() int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require(err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func newKey() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require(err)
	block := pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return string(pem.EncodeToMemory(&block))
}

func write(directory, name, text string) string {
	file := filepath.Join(directory, name)
	require(os.WriteFile(file, []byte(text), 0o600))
	return file
}

func require(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "api-server:", err)
		os.Exit(1)
	}
}
