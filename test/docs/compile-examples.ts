import { join } from 'node:path';
import ts from 'typescript';
import { PACKAGE_ROOT } from '../../lib/package-root';
import type { Example } from './examples';

/** Where names come from that an example uses and neither declares nor imports; earlier ones win. */
const SOURCES = [
  'capstan',
  'capstan/schema',
  'cdk8s',
  'cdk8s-plus-27',
  'constructs',
  '@jest/globals',
  './given',
];

/** An example as a module of its own. */
interface ExampleModule {
  readonly example: Example;
  readonly text: string;
  /** Lines that stand before those of the example. */
  readonly offset: number;
}

/**
 * Type-checks examples, each with `this` and `scope` as a chart.
 *
 * @returns a line for each mistake, with its place in the documentation
 */
export function mistakesIn(examples: readonly Example[]): string[] {
  const sources = join(__dirname, 'example-sources.ts');
  const importAll = SOURCES.map((source, index) => `import * as source${index} from '${source}';`).join('\n');
  const base = programOf(new Map([[sources, importAll]]));
  const names = exportedNames(base, sources);
  const modules = new Map<string, ExampleModule>();
  for (const [index, example] of examples.entries()) {
    modules.set(join(__dirname, `example-${index}.ts`), moduleOf(example, names));
  }
  const texts = [...modules].map(([file, { text }]) => [file, text] as const);
  const program = programOf(new Map(texts), base);
  return [...modules].flatMap(([file, made]) => mistakesOf(program, file, made));
}

function mistakesOf(program: ts.Program, file: string, { example, offset }: ExampleModule): string[] {
  const source = program.getSourceFile(file);
  if (source === undefined) throw new Error(`${file} is not part of the program`);
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return found.map(({ start, messageText }) => {
    const { line } = source.getLineAndCharacterOfPosition(start ?? 0);
    const message = ts.flattenDiagnosticMessageText(messageText, ' ');
    return `${example.file}:${example.line + 1 + line - offset}: ${message}`;
  });
}

/** Puts an example's statements into a function, below its own imports and those that it leaves out. */
function moduleOf(example: Example, names: ReadonlyMap<string, string>): ExampleModule {
  const parsed = ts.createSourceFile('example.ts', example.text, ts.ScriptTarget.Latest, true);
  const imports = parsed.statements.filter(ts.isImportDeclaration);
  const end = imports.at(-1)?.end ?? 0;
  const missing = [...usedNames(parsed)].filter((name) => names.has(name));
  const added = missing.map((name) => `import { ${name} } from '${names.get(name)}';`).join(' ');
  const open = 'export async function example(this: SomeChart, scope: SomeChart) {';
  return {
    example,
    offset: 1,
    text: [
      `import type { Chart as SomeChart } from 'cdk8s'; ${added}`,
      `${example.text.slice(0, end)} ${open} ${example.text.slice(end)}`,
      '}',
    ].join('\n'),
  };
}

/** Names that an example uses and does not declare. */
function usedNames(source: ts.SourceFile): Set<string> {
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      if (ts.isShorthandPropertyAssignment(parent) || !('name' in parent) || parent.name !== node) {
        used.add(node.text);
      } else if (!isMember(parent)) declared.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const name of declared) used.delete(name);
  return used;
}

/** A node whose name is one of an object's fields, and no name that statements can use. */
function isMember(node: ts.Node): boolean {
  return ts.isPropertyAccessExpression(node) || ts.isObjectLiteralElement(node) || ts.isTypeElement(node);
}

function exportedNames(program: ts.Program, sources: string): Map<string, string> {
  const checker = program.getTypeChecker();
  const names = new Map<string, string>();
  const imports = program.getSourceFile(sources)?.statements.filter(ts.isImportDeclaration) ?? [];
  for (const [index, { moduleSpecifier }] of imports.entries()) {
    const symbol = checker.getSymbolAtLocation(moduleSpecifier);
    const source = SOURCES[index];
    if (symbol === undefined || source === undefined) throw new Error(`${source} does not resolve`);
    for (const { name } of checker.getExportsOfModule(symbol)) {
      if (!names.has(name)) names.set(name, source);
    }
  }
  return names;
}

/** A program of files that exist in memory, and what they import. */
function programOf(texts: ReadonlyMap<string, string>, old?: ts.Program): ts.Program {
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.getSourceFile = (file, version, ...rest) => {
    const text = texts.get(file);
    if (text !== undefined) return ts.createSourceFile(file, text, version, true);
    return old?.getSourceFile(file) ?? getSourceFile(file, version, ...rest);
  };
  return ts.createProgram([...texts.keys()], options, host, old);
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(PACKAGE_ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, PACKAGE_ROOT);
  return {
    ...options,
    noUnusedLocals: false,
    noUnusedParameters: false,
    types: ['node', 'expect'],
    paths: {
      capstan: [join(PACKAGE_ROOT, 'lib/index.ts')],
      'capstan/kubernetes': [join(PACKAGE_ROOT, 'lib/schema/zz_kubernetes.gen.ts')],
      'capstan/*': [join(PACKAGE_ROOT, 'lib/*/index.ts')],
    },
  };
}
