package redis_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"capstan/contract"
	"capstan/queue"
	tested "capstan/queue/redis"
)

// Set by test/servers/redis.test.ts, which starts the servers with the files that RedisServer emits.
const (
	sentinelsVariable = "CAPSTAN_TEST_SENTINELS" // addresses with commas between
	masterVariable    = "CAPSTAN_TEST_MASTER"
	passwordVariable  = "CAPSTAN_TEST_PASSWORD"
)

func TestTasksGoThroughServersOfThePreset(t *testing.T) {
	addresses, master := os.Getenv(sentinelsVariable), os.Getenv(masterVariable)
	if addresses == "" {
		t.Skip("skipped: `npm run test:servers` runs it, on the servers that it starts")
	}
	credentials := &contract.Credentials{PasswordVariable: ptr(passwordVariable)}
	sentinels := strings.Split(addresses, ",")
	p := must[queue.Publisher](t)(tested.Driver.OpenPublisher(t.Context(), "upload", &contract.Publish{
		Redis: &contract.RedisTarget{Addresses: sentinels, Master: &master, Stream: "photos", Credentials: credentials},
	}, quiet))
	defer p.Close()
	const tasks = 30
	for i := range tasks {
		if err := p.Publish(t.Context(), queue.Task{Payload: []byte(strconv.Itoa(i))}); err != nil {
			t.Fatal(err)
		}
	}
	ends := true
	q := must[queue.Queue](t)(tested.Driver.OpenQueue(t.Context(), &contract.WorkerContract{
		Name: "develop",
		Source: contract.Source{Redis: &contract.RedisSource{
			Addresses: sentinels, Master: &master, Stream: "photos", Group: "develop", Credentials: credentials, ExitWhenIdle: &ends,
		}},
		Task: contract.Task{AckWaitSeconds: 5},
	}, quiet))
	defer q.Close()
	if done := workOff(t, q.(*tested.Queue), 0, nil); len(done) != tasks {
		t.Fatalf("%d of %d tasks were done", len(done), tasks)
	}
}
