package service

import (
	"context"
	"fmt"
	"time"

	"capstan/contract"
	"capstan/queue/driver"
	"capstan/tracing"
)

// brokerWait is how long a start waits for the broker that the service publishes to.
const brokerWait = 45 * time.Second

// publishedTo is the driver of what a contract publishes to: the name of its only member.
func publishedTo(p *contract.Publish) string {
	if p.Redis != nil {
		return "redis"
	}
	if p.Kafka != nil {
		return "kafka"
	}
	return "jetstream"
}

func (l *lifecycle) openPublisher(ctx context.Context) error {
	name := publishedTo(l.config.Publish)
	found, err := driver.Drivers(l.options.Drivers).Find(name)
	if err != nil {
		return fmt.Errorf("publish.%s: %w", name, err)
	}
	limited, cancel := context.WithTimeout(ctx, brokerWait)
	defer cancel()
	l.publisher, err = found.OpenPublisher(limited, l.config.Name, l.config.Publish, l.log)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

// openTracer makes the tracer that the contract asks for; lines of the log carry its ids from now on.
func (l *lifecycle) openTracer() (err error) {
	l.tracer, err = driver.Drivers(l.options.Drivers).OpenTracer(tracing.Program{
		Kind: "service", Name: l.config.Name, Telemetry: l.config.Telemetry, Log: l.log,
	})
	if err != nil {
		l.tracer = tracing.None{}
		return err
	}
	l.log = tracing.Log(l.log, l.tracer)
	return nil
}

// destinationOf is where the service adds tasks, as traces name it.
func destinationOf(c *contract.ServiceContract) tracing.Destination {
	switch p := c.Publish; {
	case p == nil:
		return tracing.Destination{}
	case p.Jetstream != nil:
		return tracing.Destination{System: "nats", Name: p.Jetstream.Stream}
	case p.Redis != nil:
		return tracing.Destination{System: "redis", Name: p.Redis.Stream}
	default:
		return tracing.Destination{System: "kafka", Name: p.Kafka.Topic}
	}
}
