import type { EnvValue, ISecret, SecretValue } from 'cdk8s-plus-27';

/** Who a client is towards a server: a user with a password, or a file that says both. */
export type ClientCredentials = PasswordCredentials | FileCredentials;

/** A user and a password, each from a Secret: `EnvValue.fromSecretValue(…)`. */
export interface PasswordCredentials {
  /**
   * The user.
   * @default none: the password says it all, as Redis' `requirepass` does; NATS and Kafka want one
   */
  readonly user?: EnvValue;
  /** The password, from a Secret. */
  readonly password: EnvValue;
}

/** A NATS credentials file (`.creds`). */
export interface FileCredentials {
  /** The Secret and the key that the file lies under. */
  readonly file: SecretValue;
}

/** TLS towards a server, with files of one Secret, such as cert-manager makes. */
export interface ClientTls {
  /**
   * The Secret that {@link ca}, {@link certificate} and {@link key} are keys of.
   * @default none: the certificates of the system are trusted, and the client shows none of its own
   */
  readonly secret?: ISecret;
  /**
   * Key of the certificates that are trusted, such as `ca.crt`.
   * @default those of the system
   */
  readonly ca?: string;
  /**
   * Key of the client's own certificate, such as `tls.crt`.
   * @default none
   */
  readonly certificate?: string;
  /**
   * Key of the private key of {@link certificate}, such as `tls.key`.
   * @default none
   */
  readonly key?: string;
}
