import { createHash } from 'node:crypto';
import type { KafkaFigures } from '../../plan/stateful/kafka';

/** Folder of the configuration files. */
export const CONFIG_FOLDER = '/etc/kafka';

/** Folder of the volume; the logs lie in a folder below it, since a file system may keep files at its top. */
export const DATA_FOLDER = '/var/lib/kafka';

/** Ports of a member: for clients, for the votes of the controllers, and for the brokers among themselves. */
export const PORTS = { client: 9092, controller: 9093, internal: 9094 } as const;

/** What the files of a Kafka cluster are made from. */
export interface KafkaFilesInput {
  /** Name of the cluster. */
  readonly name: string;
  /** DNS names of the members, in the order of their ordinals. */
  readonly hosts: readonly string[];
  readonly figures: KafkaFigures;
}

/** The files of a Kafka cluster by name. */
export function kafkaFiles(input: KafkaFilesInput): Record<string, string> {
  return {
    'server.properties': serverProperties(input),
    'log4j2.properties': LOGGING,
    'start.sh': startScript(clusterId(input.name)),
  };
}

/** Kafka wants 16 bytes in base64url: the same for all members and for ever, so they follow from the name. */
function clusterId(name: string): string {
  return createHash('sha256').update(`capstan/kafka/${name}`).digest().subarray(0, 16).toString('base64url');
}

function serverProperties({ hosts, figures }: KafkaFilesInput): string {
  const { cleanerBuffer, copies, minInSync } = figures;
  const plain =
    'org.apache.kafka.common.security.plain.PlainLoginModule required ' +
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Kafka's own references, which it replaces
    'username="admin" password="${env:KAFKA_ADMIN_PASSWORD}" user_admin="${env:KAFKA_ADMIN_PASSWORD}";';
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'controller.quorum.voters': hosts
      .map((host, ordinal) => `${ordinal}@${host}:${PORTS.controller}`)
      .join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    'listener.security.protocol.map': ['CLIENT', 'CONTROLLER', 'INTERNAL']
      .map((name) => `${name}:SASL_PLAINTEXT`)
      .join(','),
    'config.providers': 'env',
    'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
    'config.providers.env.param.allowlist.pattern': 'KAFKA_ADMIN_PASSWORD',
    'sasl.mechanism.controller.protocol': 'PLAIN',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'listener.name.client.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.client.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'listener.name.internal.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.internal.plain.sasl.jaas.config': plain,
    'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.controller.plain.sasl.jaas.config': plain,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:admin',
    'allow.everyone.if.no.acl.found': true,
    'auto.create.topics.enable': false,
    'unclean.leader.election.enable': false,
    'default.replication.factor': copies.value,
    'min.insync.replicas': minInSync.value,
    'offsets.topic.replication.factor': copies.value,
    'transaction.state.log.replication.factor': copies.value,
    'transaction.state.log.min.isr': minInSync.value,
    'share.coordinator.state.topic.replication.factor': copies.value,
    'share.coordinator.state.topic.min.isr': minInSync.value,
    'log.cleaner.dedupe.buffer.size': cleanerBuffer.value,
    'controlled.shutdown.enable': true,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Warnings and what the server says of itself, to standard output. */
const LOGGING = `status=error
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=[%d] %p %m (%c)%n
rootLogger.level=info
rootLogger.appenderRef.console.ref=console
`;

/**
 * Formats the volume at the first start, then becomes the server. It needs java and Kafka's jars, and nothing that is
 * special to an image. A volume that is formatted keeps its users; a password is changed there with kafka-configs.
 */
function startScript(cluster: string): string {
  return `#!/bin/sh
set -eu
umask 077
here=$(dirname "$0")
ordinal=\${POD_NAME##*-}
conf=\${TMPDIR:-/tmp}/server.properties
{
  cat "$here/server.properties"
  echo "node.id=$ordinal"
  echo "log.dirs=$KAFKA_DATA/log"
  echo "listeners=CLIENT://\${KAFKA_BIND:-}:${PORTS.client},CONTROLLER://\${KAFKA_BIND:-}:${PORTS.controller},INTERNAL://\${KAFKA_BIND:-}:${PORTS.internal}"
  echo "advertised.listeners=CLIENT://$KAFKA_HOST:${PORTS.client},INTERNAL://$KAFKA_HOST:${PORTS.internal}"
} >"$conf"

export CLASSPATH="$KAFKA_JARS/*"
java -Xmx64m kafka.tools.StorageTool format --ignore-formatted --cluster-id ${cluster} --config "$conf" \\
  --add-scram "SCRAM-SHA-512=[name=$KAFKA_USER,password=$KAFKA_PASSWORD]"
unset KAFKA_PASSWORD

exec java -Xms"$KAFKA_HEAP" -Xmx"$KAFKA_HEAP" -XX:+ExitOnOutOfMemoryError \\
  -Dlog4j2.configurationFile="$here/log4j2.properties" kafka.Kafka "$conf"
`;
}
