// Command upload takes photos over HTTP, gRPC and gRPC-Web, stores each whole or not at all, and
// enqueues the task of developing it.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"syscall"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"capstan/queue"
	"capstan/service"
)

// Photo is the task that is enqueued, as develop reads it.
type Photo struct {
	// Path is relative to the photos folder, with slashes.
	Path string `json:"path"`
	// Bytes is the file's size.
	Bytes int64 `json:"bytes"`
}

// Accepted answers an upload.
type Accepted struct {
	// ID is the same for the same photo under the same name: sent again, it is one task.
	ID string `json:"id"`
	Photo
}

// procedure is the gRPC method of photo.proto.
const (
	procedure  = "/darkroom.v1.Photos/Put"
	nameHeader = "Photo-Name"
)

// uploads are the handlers and what they need.
type uploads struct {
	service.Setup
	store *store
}

// New makes the handlers. They write into folders.output, where develop reads.
//
//	PUT /photos/NAME   202 with the id, once the photo lies on disk and the broker has its task
//	GET /healthz       200
//
//	400 a name that is no path inside the folder, or an empty photo    413 over request.maxBodyBytes
//	415 neither JPEG, PNG nor WebP      503 the broker takes no task; send the photo again
//	507 the disk is full
func New(setup service.Setup) (service.Handlers, error) {
	if setup.Output == "" {
		return service.Handlers{}, errors.New("upload needs folders.output")
	}
	photos, err := openStore(setup.Output)
	if err != nil {
		return service.Handlers{}, err
	}
	u := &uploads{Setup: setup, store: photos}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /photos/{name...}", u.put)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	return service.Handlers{
		HTTP:  mux,
		RPC:   map[string]http.Handler{procedure: connect.NewUnaryHandler(procedure, u.putRPC, setup.HandlerOptions()...)},
		Close: photos.close,
	}, nil
}

// put is PUT /photos/NAME.
func (u *uploads) put(w http.ResponseWriter, r *http.Request) {
	accepted, err := u.accept(r.Context(), r.PathValue("name"), r.Body)
	if err == nil {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusAccepted)
		_ = json.NewEncoder(w).Encode(accepted)
		return
	}
	fault := u.faultOf(err)
	if fault.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(retrySeconds))
	}
	http.Error(w, fault.text, fault.status)
}

// putRPC is the method Put: the photo is the message, its name the metadata Photo-Name.
func (u *uploads) putRPC(ctx context.Context, r *connect.Request[wrapperspb.BytesValue]) (*connect.Response[wrapperspb.StringValue], error) {
	accepted, err := u.accept(ctx, r.Header().Get(nameHeader), bytes.NewReader(r.Msg.Value))
	if err != nil {
		fault := u.faultOf(err)
		return nil, connect.NewError(fault.code, errors.New(fault.text))
	}
	return connect.NewResponse(wrapperspb.String(accepted.ID)), nil
}

// accept stores a photo and enqueues its task. Sent again after an error it does no harm.
func (u *uploads) accept(ctx context.Context, name string, photo io.Reader) (Accepted, error) {
	if err := checkName(name); err != nil {
		return Accepted{}, err
	}
	stored, err := u.store.save(ctx, name, photo)
	if err != nil {
		return Accepted{}, err
	}
	id := sha256.Sum256([]byte(name + "\x00" + stored.sha256))
	accepted := Accepted{ID: hex.EncodeToString(id[:16]), Photo: Photo{Path: name, Bytes: stored.bytes}}
	if err := u.Publish(ctx, accepted.ID, accepted.Photo); err != nil {
		return Accepted{}, fmt.Errorf("%w: %w", errNoTask, err)
	}
	u.Log.InfoContext(ctx, "photo accepted", "id", accepted.ID, "path", name, "bytes", stored.bytes)
	return accepted, nil
}

var (
	errName   = errors.New("the name is not one that a photo can have")
	errEmpty  = errors.New("the photo is empty")
	errFormat = errors.New("the photo is neither JPEG, PNG nor WebP")
	errNoTask = errors.New("the photo is stored, but its task is not enqueued; send it again")
)

// retrySeconds is the hint that goes with 503.
const retrySeconds = 2

// fault is an error as clients see it.
type fault struct {
	status int
	code   connect.Code
	text   string
}

func (u *uploads) faultOf(err error) fault {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, errName), errors.Is(err, errEmpty):
		return fault{http.StatusBadRequest, connect.CodeInvalidArgument, err.Error()}
	case errors.Is(err, errFormat):
		return fault{http.StatusUnsupportedMediaType, connect.CodeInvalidArgument, err.Error()}
	case errors.As(err, &tooLarge):
		return fault{http.StatusRequestEntityTooLarge, connect.CodeResourceExhausted, fmt.Sprintf("the photo is over %d bytes", tooLarge.Limit)}
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		u.Log.Error("the disk is full", "error", err)
		return fault{http.StatusInsufficientStorage, connect.CodeResourceExhausted, "the disk is full"}
	case errors.Is(err, errNoTask):
		u.Log.Error("task not enqueued", "full", errors.Is(err, queue.ErrFull), "error", err)
		return fault{http.StatusServiceUnavailable, connect.CodeUnavailable, errNoTask.Error()}
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, io.ErrUnexpectedEOF):
		return fault{http.StatusRequestTimeout, connect.CodeCanceled, "the photo did not come in time, or not whole"}
	}
	u.Log.Error("photo not stored", "error", err)
	return fault{http.StatusInternalServerError, connect.CodeInternal, "the photo could not be stored"}
}
