import { bytes, seconds } from '../../workload/quantity';
import { PORTS } from './configuration';
import type { DeclaredTopic } from './topic';

/** Name of the file with {@link topicScript}. */
export const TOPIC_SCRIPT = 'topic.sh';

/**
 * Makes a topic, or makes one that is there what is declared. Fewer partitions and other numbers of copies are not
 * made: the first is impossible, the second moves all data, so both end it with one line.
 *
 * @param members addresses of the brokers
 */
export function topicScript(topic: DeclaredTopic, members: readonly string[]): string {
  const { name, partitions, copies, retention, maxBytes } = topic;
  const settings = [
    `retention.ms=${Math.round(seconds(retention) * 1000)}`,
    `retention.bytes=${bytes(maxBytes)}`,
    // A segment that is never full would keep its messages for ever.
    `segment.bytes=${Math.max(2 ** 20, Math.min(2 ** 30, Math.floor(bytes(maxBytes) / 8)))}`,
  ].join(',');
  return `#!/bin/sh
set -eu
umask 077
conf=\${TMPDIR:-/tmp}/client.properties
login=org.apache.kafka.common.security.scram.ScramLoginModule
{
  echo security.protocol=SASL_PLAINTEXT
  echo sasl.mechanism=SCRAM-SHA-512
  printf 'sasl.jaas.config=%s required username="%s" password="%s";\\n' "$login" "$KAFKA_USER" "$KAFKA_PASSWORD"
} >"$conf"
bootstrap=\${KAFKA_BOOTSTRAP:-${members.map((host) => `${host}:${PORTS.client}`).join(',')}}

kafka() {
  command=$1
  shift
  java -Xmx96m -cp "$KAFKA_JARS/*" "$command" --bootstrap-server "$bootstrap" --command-config "$conf" "$@"
}
topics() { kafka org.apache.kafka.tools.TopicCommand "$@"; }

topics --create --if-not-exists --topic '${name}' --partitions ${partitions} --replication-factor ${copies}
found=$(topics --describe --topic '${name}' | head -n 1)
partitions=$(echo "$found" | sed -n 's/.*PartitionCount: *\\([0-9]*\\).*/\\1/p')
copies=$(echo "$found" | sed -n 's/.*ReplicationFactor: *\\([0-9]*\\).*/\\1/p')
if [ "$partitions" -gt ${partitions} ]; then
  echo "topic ${name}: partitions must be $partitions or more, got ${partitions}: they can never be fewer" >&2
  exit 2
fi
if [ "$copies" -ne ${copies} ]; then
  echo "topic ${name}: has $copies copies, got ${copies}: move them with kafka-reassign-partitions" >&2
  exit 2
fi
[ "$partitions" -eq ${partitions} ] || topics --alter --topic '${name}' --partitions ${partitions}
kafka kafka.admin.ConfigCommand --alter --entity-type topics --entity-name '${name}' --add-config '${settings}'
`;
}
