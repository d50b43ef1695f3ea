import { EnvValue, type ISecret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Connection } from '../../network/endpoint';
import { variableName } from '../../network/variable-name';
import type { Figure } from '../../plan/figure';
import { formatProblem } from '../../plan/problem';
import type { OwnFigures } from '../../plan/stateful/stateful-plan';
import { requireOptions, requireProps } from '../../shape/require-shape';
import type { Downstream } from '../../worker/downstream';
import type { StatefulServiceProps } from '../props';
import { StatefulService } from '../stateful-service';
import { type ConnectionBudgetOptions, connectionBudget } from './budget';
import { SharedConnections } from './shared-connections';

/** A Secret with the user that owns a database, and the names of its keys. */
export interface SqlCredentials {
  /** The Secret, such as `Secret.fromSecretName(this, 'CatalogSecret', 'catalog')`. */
  readonly secret: ISecret;
  /**
   * Key of the user's name.
   * @default 'username'
   */
  readonly username?: string;
  /**
   * Key of the user's password.
   * @default 'password'
   */
  readonly password?: string;
}

/** Figures of a server with a bound on its connections. */
export interface SqlFigures extends OwnFigures {
  /** Connections that workloads may hold at their peaks together. */
  readonly usableConnections: Figure;
}

/** What a database needs besides what its members do. */
export interface SqlServerProps<Own extends SqlFigures> extends StatefulServiceProps<Own> {
  /** Name of the database. */
  readonly database: string;
  /** Where the user's name and password are; Capstan never writes one. */
  readonly credentials: SqlCredentials;
}

/** What the databases have in common: how they are called, and the budget of their connections. */
export abstract class SqlServer<Own extends SqlFigures> extends StatefulService<Own> {
  /** Name of the database. */
  readonly database: string;
  private readonly credentials: SqlCredentials;
  private readonly shared = new SharedConnections();

  constructor(scope: Construct, id: string, props: SqlServerProps<Own>) {
    requireProps('SqlServer', { scope, id, isSubclass: new.target !== SqlServer }, props);
    super(scope, id, props);
    this.database = props.database;
    this.credentials = props.credentials;
    this.node.addValidation({
      validate: () => this.shared.problems('maxConnections', this.usableConnections).map(formatProblem),
    });
  }

  /**
   * How a workload calls the database: variables CATALOG_HOST, CATALOG_PORT and CATALOG_DATABASE, and by Secret
   * reference CATALOG_USER and CATALOG_PASSWORD.
   */
  override connection(): Connection {
    const endpoint = this.endpoint();
    const variable = (suffix: string) => variableName(endpoint.name, suffix);
    const { user, password } = credentialValues(this.credentials);
    return {
      name: endpoint.name,
      endpoints: [endpoint],
      env: {
        [variable('HOST')]: EnvValue.fromValue(endpoint.host),
        [variable('PORT')]: EnvValue.fromValue(String(endpoint.port)),
        [variable('DATABASE')]: EnvValue.fromValue(this.database),
        [variable('USER')]: user,
        [variable('PASSWORD')]: password,
      },
    };
  }

  /** What a workload may hold of the connections, for its `downstream`: it connects the workload as well. */
  budget(options: ConnectionBudgetOptions): Downstream {
    requireOptions('SqlServer.budget', options, this);
    return connectionBudget({
      ...options,
      name: this.endpoint().name,
      usable: this.usableConnections,
      connection: this.connection(),
      shared: this.shared,
    });
  }

  private get usableConnections(): number {
    return this.plan.figures.usableConnections.value;
  }
}

/** References to the user's name and password. */
export function credentialValues({ secret, username, password }: SqlCredentials) {
  return {
    user: EnvValue.fromSecretValue({ secret, key: username ?? 'username' }),
    password: EnvValue.fromSecretValue({ secret, key: password ?? 'password' }),
  };
}
