package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"connectrpc.com/connect"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
	broker "capstan/queue/jetstream"
	"capstan/queue/jetstream/natstest"
	"capstan/service"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	jpeg = []byte("\xff\xd8\xff\xe0 a photo, as far as anybody looks")
	webp = []byte("RIFF\x10\x00\x00\x00WEBPVP8 and so on")
)

// bench are the handlers alone, on a folder and with a publisher of the test.
func bench(t *testing.T, publish func(id string, payload any) error) (h http.Handler, folder string) {
	t.Helper()
	folder = t.TempDir()
	handlers, err := New(service.Setup{
		Output: folder, MaxBodyBytes: 1 << 10, Log: slog.New(slog.DiscardHandler),
		Publish: func(_ context.Context, id string, payload any, _ ...queue.Option) error { return publish(id, payload) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = handlers.Close() })
	return handlers.HTTP, folder
}

func put(h http.Handler, path string, body io.Reader) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, httptest.NewRequest("PUT", path, body))
	return answer
}

func files(t *testing.T, folder string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(folder, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestAPhotoIsStoredAndItsTaskEnqueued(t *testing.T) {
	tasks := map[string]any{}
	var ids []string
	h, folder := bench(t, func(id string, payload any) error {
		tasks[id] = payload
		ids = append(ids, id)
		return nil
	})
	for _, path := range []string{"/photos/2026/lake.jpg", "/photos/2026/lake.jpg", "/photos/tarn.webp"} {
		photo := jpeg
		if strings.HasSuffix(path, "webp") {
			photo = webp
		}
		answer := put(h, path, bytes.NewReader(photo))
		var accepted Accepted
		if err := json.Unmarshal(answer.Body.Bytes(), &accepted); err != nil || answer.Code != 202 || accepted.ID == "" {
			t.Fatalf("%s: answered %d %s", path, answer.Code, answer.Body)
		}
		if want := (Photo{strings.TrimPrefix(path, "/photos/"), int64(len(photo))}); tasks[accepted.ID] != want {
			t.Errorf("%s: task %v, want %v", path, tasks[accepted.ID], want)
		}
	}
	if ids[0] != ids[1] || ids[0] == ids[2] {
		t.Errorf("ids %v, want the first two the same", ids)
	}
	if got := strings.Join(files(t, folder), " "); got != "2026/lake.jpg tarn.webp" {
		t.Errorf("the folder holds %s", got)
	}
	if content, err := os.ReadFile(filepath.Join(folder, "2026/lake.jpg")); err != nil || !bytes.Equal(content, jpeg) {
		t.Errorf("stored %q, %v", content, err)
	}
}

// brokenBody fails after some of a photo.
type brokenBody struct {
	io.Reader
	err error
}

func (b *brokenBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = b.err
	}
	return n, err
}

func TestWhatIsNoPhotoLeavesNothingBehind(t *testing.T) {
	h, folder := bench(t, func(string, any) error { t.Error("a task was enqueued"); return nil })
	for name, c := range map[string]struct {
		path string
		body io.Reader
		want int
	}{
		"a hidden name":      {"/photos/.lake.jpg", bytes.NewReader(jpeg), 400},
		"a hidden folder":    {"/photos/a/.b/lake.jpg", bytes.NewReader(jpeg), 400},
		"a way out":          {"/photos/a%2F..%2F..%2Fb.jpg", bytes.NewReader(jpeg), 400},
		"a long name":        {"/photos/" + strings.Repeat("x", 250), bytes.NewReader(jpeg), 400},
		"no name":            {"/photos/", bytes.NewReader(jpeg), 400},
		"nothing":            {"/photos/a.jpg", strings.NewReader(""), 400},
		"a text":             {"/photos/a.jpg", strings.NewReader("dear diary, today"), 415},
		"a short text":       {"/photos/a.jpg", strings.NewReader("x"), 415},
		"too large":          {"/photos/a.jpg", &brokenBody{bytes.NewReader(jpeg), &http.MaxBytesError{Limit: 9}}, 413},
		"half a photo":       {"/photos/a.jpg", &brokenBody{bytes.NewReader(jpeg), io.ErrUnexpectedEOF}, 408},
		"a full disk":        {"/photos/a.jpg", &brokenBody{bytes.NewReader(jpeg), syscall.ENOSPC}, 507},
		"a disk that breaks": {"/photos/a.jpg", &brokenBody{bytes.NewReader(jpeg), syscall.EIO}, 500},
	} {
		if answer := put(h, c.path, c.body); answer.Code != c.want {
			t.Errorf("%s: answered %d %s, want %d", name, answer.Code, answer.Body, c.want)
		}
	}
	if left := files(t, folder); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWithoutATaskTheClientIsToldToComeAgain(t *testing.T) {
	for _, failure := range []error{queue.ErrFull, errors.New("no broker")} {
		h, _ := bench(t, func(string, any) error { return failure })
		answer := put(h, "/photos/a.jpg", bytes.NewReader(jpeg))
		if answer.Code != 503 || answer.Header().Get("Retry-After") != "2" || !strings.Contains(answer.Body.String(), "send it again") {
			t.Errorf("answered %d %v %s", answer.Code, answer.Header(), answer.Body)
		}
	}
}

// TestUploadOnARealBroker runs the whole service, and reads the task as a worker would.
func TestUploadOnARealBroker(t *testing.T) {
	server := natstest.Start(t)
	stream := server.Stream(jetstream.StreamConfig{Name: "photos", Subjects: []string{"photos.>"}, Retention: jetstream.WorkQueuePolicy})
	config, err := contract.ParseService([]byte(`{
		"contract": 1, "name": "upload", "pool": {"slots": 4}, "queue": {"length": 4, "maxWaitSeconds": 1},
		"request": {"maxSeconds": 10, "maxBodyBytes": 1000}, "protocols": ["http", "grpc", "grpcWeb"],
		"http": {"port": 0, "metricsPort": 0, "host": "127.0.0.1"}, "folders": {"output": "` + t.TempDir() + `"},
		"shutdown": {"lameDuckSeconds": 0, "drainSeconds": 5, "flushSeconds": 2},
		"publish": {"jetstream": {"servers": ["` + server.Address + `"], "stream": "photos", "subject": "photos.new"}}
	}`))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	listening := make(chan string, 2)
	ended := make(chan service.Report)
	go func() {
		report, err := service.Run(ctx, config, New, service.Options{
			Drivers: []driver.Driver{broker.Driver}, Log: slog.New(slog.DiscardHandler),
			Listen: func(network, address string) (net.Listener, error) {
				listener, err := net.Listen(network, address)
				if err == nil {
					listening <- "http://" + listener.Addr().String()
				}
				return listener, err
			},
		})
		if err != nil {
			t.Error(err)
		}
		ended <- report
	}()
	<-listening // probes
	url := <-listening
	client := &http.Client{Transport: new(http.Transport)}
	defer client.CloseIdleConnections()
	request, _ := http.NewRequest("PUT", url+"/photos/lake.jpg", bytes.NewReader(jpeg))
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 202 {
		t.Fatalf("answered %s", response.Status)
	}
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	http2 := &http.Client{Transport: &http.Transport{Protocols: protocols}}
	defer http2.CloseIdleConnections()
	for name, rpc := range map[string]*connect.Client[wrapperspb.BytesValue, wrapperspb.StringValue]{
		"grpc.jpg":    connect.NewClient[wrapperspb.BytesValue, wrapperspb.StringValue](http2, url+procedure, connect.WithGRPC()),
		"grpcweb.jpg": connect.NewClient[wrapperspb.BytesValue, wrapperspb.StringValue](client, url+procedure, connect.WithGRPCWeb()),
	} {
		call := connect.NewRequest(wrapperspb.Bytes(jpeg))
		call.Header().Set(nameHeader, name)
		if answer, err := rpc.CallUnary(t.Context(), call); err != nil || len(answer.Msg.Value) != 32 {
			t.Errorf("%s: %v, %v", name, answer, err)
		}
		call = connect.NewRequest(wrapperspb.Bytes([]byte("a text, not a photo")))
		call.Header().Set(nameHeader, name)
		if _, err := rpc.CallUnary(t.Context(), call); connect.CodeOf(err) != connect.CodeInvalidArgument {
			t.Errorf("%s: a text gave %v", name, err)
		}
	}
	info, err := stream.Info(t.Context())
	if err != nil || info.State.Msgs != 3 {
		t.Fatalf("%+v, %v; want three tasks", info, err)
	}
	message, err := stream.GetMsg(t.Context(), 1)
	if err != nil || string(message.Data) != `{"path":"lake.jpg","bytes":`+lengthOf(jpeg)+`}` {
		t.Fatalf("the task is %s, %v", message.Data, err)
	}
	stop()
	if report := <-ended; report.ExitCode != 0 {
		t.Fatalf("ended with %+v", report)
	}
}

func lengthOf(b []byte) string {
	text, _ := json.Marshal(len(b))
	return string(text)
}
