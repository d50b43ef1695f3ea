import { join } from 'node:path';
import ts from 'typescript';
import type { Shape, ShapeTable } from '../../lib/shape/shape';
import { ShapeReader } from './shape-reader';

/** Parameters that hold named values. */
const PARAMETERS = ['props', 'options'];

/** What all constructors and functions of the package's main entry take as props or options. */
export function readShapes(root: string): ShapeTable {
  const entry = join(root, 'lib/index.ts');
  const config = ts.parseConfigFileTextToJson(
    '',
    ts.sys.readFile(join(root, 'tsconfig.json')) ?? '{}',
  ).config;
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram([entry], options);
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(entry);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${entry} exports nothing`);
  const reader = new ShapeReader(checker, join(root, 'lib'));
  const calls: Record<string, Shape> = {};
  for (const [name, parameter] of parameters(checker, module)) {
    const shape = reader.read(checker.getTypeOfSymbol(parameter));
    if (typeof shape === 'object') calls[name] = shape;
  }
  return { calls: sorted(calls), types: sorted(reader.types) };
}

/** The parameters of all public constructors and functions, by the name that users call them by. */
function parameters(checker: ts.TypeChecker, module: ts.Symbol): [string, ts.Symbol][] {
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (!(symbol.flags & ts.SymbolFlags.Value)) return [];
    const { name } = exported;
    const type = checker.getTypeOfSymbol(symbol);
    const own = type.getCallSignatures().concat(type.getConstructSignatures());
    const members = checker.getPropertiesOfType(type);
    const instance =
      symbol.flags & ts.SymbolFlags.Class ? checker.getDeclaredTypeOfSymbol(symbol) : undefined;
    if (instance !== undefined) members.push(...checker.getPropertiesOfType(instance));
    return [
      ...named(name, own),
      ...members
        .filter((member) => isOurs(member) && isOwn(member, symbol))
        .flatMap((member) =>
          named(`${name}.${member.name}`, checker.getTypeOfSymbol(member).getCallSignatures()),
        ),
    ];
  });
}

function named(name: string, signatures: readonly ts.Signature[]): [string, ts.Symbol][] {
  const all = signatures.flatMap((signature) => signature.getParameters());
  return all.filter((parameter) => PARAMETERS.includes(parameter.name)).map((parameter) => [name, parameter]);
}

/** Whether a member is not inherited from another class. */
function isOwn({ declarations = [] }: ts.Symbol, symbol: ts.Symbol): boolean {
  return (
    !(symbol.flags & ts.SymbolFlags.Class) ||
    declarations.some((it) => (symbol.declarations ?? []).includes(it.parent as ts.ClassDeclaration))
  );
}

/** Whether a member is public and made here, not inherited from a dependency. */
function isOurs({ declarations = [] }: ts.Symbol): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return declarations.some(
    (it) =>
      !it.getSourceFile().fileName.includes('node_modules') && !(ts.getCombinedModifierFlags(it) & hidden),
  );
}

function sorted<T>(table: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(table).sort(([one], [other]) => (one < other ? -1 : 1)));
}
