import ts from 'typescript';
import type { PropShape, Shape } from '../../lib/shape/shape';

/** Most members that tell whether an object could be one of a class. */
const MEMBERS = 8;

/** Members that older releases of cdk8s and constructs lack. */
const RECENT = ['with'];

/** Types whose values are whatever JSON says. */
const JSON_TYPES = ['JsonValue', 'JsonObject'];

/** Turns TypeScript's types into shapes. */
export class ShapeReader {
  /** The shapes of types with names. */
  readonly types: Record<string, Shape> = {};
  private readonly named = new Map<string, ts.Type>();

  constructor(
    private readonly checker: ts.TypeChecker,
    /** Folder of the package's own types. */
    private readonly folder: string,
  ) {}

  /** The shape of a type; `undefined` is left out of it. */
  read(whole: ts.Type): Shape {
    if (whole.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return 'any';
    const type = this.checker.getNonNullableType(whole);
    const name = (whole.aliasSymbol ?? type.aliasSymbol ?? type.symbol)?.name;
    if (name !== undefined && JSON_TYPES.includes(name)) return 'any';
    return this.scalar(whole, type) ?? this.compound(type);
  }

  private scalar(whole: ts.Type, { flags }: ts.Type): Shape | undefined {
    if (flags & ts.TypeFlags.Never || whole.flags & ts.TypeFlags.Undefined) return 'none';
    if (flags & ts.TypeFlags.NonPrimitive) return 'object';
    if (flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral)) return 'string';
    if (flags & ts.TypeFlags.Number) return 'number';
    if (flags & ts.TypeFlags.Boolean) return 'boolean';
    return undefined;
  }

  private compound(type: ts.Type): Shape {
    if (type.flags & ts.TypeFlags.TypeParameter) {
      const constraint = type.getConstraint();
      return constraint === undefined ? 'any' : this.read(constraint);
    }
    const literal = this.literal(type);
    if (literal !== undefined) return { is: [literal] };
    const name = this.nameOf(type);
    if (name === undefined) return this.build(type);
    if (!Object.hasOwn(this.types, name)) {
      this.types[name] = 'any';
      this.types[name] = this.build(type);
    }
    return { ref: name };
  }

  private literal(type: ts.Type): string | number | boolean | undefined {
    if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
    if (type.flags & ts.TypeFlags.BooleanLiteral) return this.checker.typeToString(type) === 'true';
    return undefined;
  }

  /** The name that a shape is shared by; a name that two types have is only the first one's. */
  private nameOf(type: ts.Type): string | undefined {
    const isArray = this.checker.isArrayType(type) || this.checker.isTupleType(type);
    if (isArray || (type.isUnion() && type.types.every((it) => this.literal(it) !== undefined)))
      return undefined;
    const symbol = type.aliasSymbol ?? type.symbol;
    const name = symbol?.name;
    if (name === undefined || name.startsWith('__') || !this.isNamed(symbol)) return undefined;
    if (
      type.aliasTypeArguments !== undefined ||
      this.checker.getTypeArguments(type as ts.TypeReference).length > 0
    )
      return undefined;
    const first = this.named.get(name) ?? type;
    this.named.set(name, first);
    return first === type ? name : undefined;
  }

  private isNamed(symbol: ts.Symbol): boolean {
    const flags = ts.SymbolFlags.Interface | ts.SymbolFlags.Class | ts.SymbolFlags.TypeAlias;
    return (symbol.flags & flags) !== 0 && !this.isStandard(symbol);
  }

  private build(type: ts.Type): Shape {
    if (type.isUnion()) return this.union(type.types);
    if (this.checker.isArrayType(type) || this.checker.isTupleType(type)) {
      const items = this.checker.getTypeArguments(type as ts.TypeReference).map((it) => this.read(it));
      return { list: joined(items) };
    }
    if (type.getCallSignatures().length > 0) return 'function';
    if (this.isClass(type)) return { class: type.symbol.name, members: this.members(type) };
    const index = type.getStringIndexType();
    if (index !== undefined) return { record: this.read(index) };
    const props = this.checker.getPropertiesOfType(type);
    return props.length === 0 ? 'object' : { props: this.props(props) };
  }

  private union(types: readonly ts.Type[]): Shape {
    const isBoolean = types.filter((it) => it.flags & ts.TypeFlags.BooleanLiteral).length === 2;
    const others = types.filter((it) => !(isBoolean && it.flags & ts.TypeFlags.BooleanLiteral));
    const shapes = others.map((it) => this.read(it));
    return joined(isBoolean ? [...shapes, 'boolean'] : shapes);
  }

  /** Classes, and interfaces that only objects of classes fulfil. */
  private isClass(type: ts.Type): boolean {
    const { symbol } = type;
    if (symbol === undefined) return false;
    if (symbol.flags & ts.SymbolFlags.Class) return true;
    if (this.isStandard(symbol)) return !symbol.name.startsWith('__') && symbol.name !== 'Readonly';
    return this.checker
      .getPropertiesOfType(type)
      .some(
        (prop) =>
          prop.flags & ts.SymbolFlags.Method || (/^I[A-Z][a-z]/.test(symbol.name) && !this.isOurs(symbol)),
      );
  }

  private members(type: ts.Type): string[] {
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
    return this.checker
      .getPropertiesOfType(type)
      .filter(
        (prop) =>
          !(prop.flags & ts.SymbolFlags.Optional) &&
          !(prop.declarations ?? []).some((it) => ts.getCombinedModifierFlags(it) & hidden),
      )
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('__') && !RECENT.includes(name))
      .slice(0, MEMBERS);
  }

  private props(props: readonly ts.Symbol[]): Record<string, PropShape> {
    return Object.fromEntries(props.map((prop) => [prop.name, this.prop(prop)]));
  }

  private prop(prop: ts.Symbol): PropShape {
    const type = this.checker.getTypeOfSymbol(prop);
    const isOptional = (prop.flags & ts.SymbolFlags.Optional) !== 0 || isMaybeUndefined(type);
    const doc = firstSentence(ts.displayPartsToString(prop.getDocumentationComment(this.checker)));
    return {
      shape: this.read(type),
      ...(isOptional ? { optional: true as const } : doc !== '' && { doc }),
    };
  }

  private isOurs(symbol: ts.Symbol): boolean {
    return (symbol.declarations ?? []).some((it) => it.getSourceFile().fileName.startsWith(this.folder));
  }

  /** Whether a type is one of the language's own. */
  private isStandard(symbol: ts.Symbol): boolean {
    return (symbol.declarations ?? []).some((it) =>
      /node_modules\/(typescript|@types)\//.test(it.getSourceFile().fileName),
    );
  }
}

function isMaybeUndefined(type: ts.Type): boolean {
  const { flags } = type;
  if (flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return true;
  return type.isUnion() && type.types.some((it) => it.flags & ts.TypeFlags.Undefined);
}

/** Several shapes as one: literals together, nothing twice. */
function joined(shapes: readonly Shape[]): Shape {
  const literals = shapes.flatMap((it) => (typeof it === 'object' && 'is' in it ? it.is : []));
  const others = shapes.filter((it) => typeof it === 'string' || !('is' in it));
  const all: Shape[] = [...new Map(others.map((it) => [JSON.stringify(it), it])).values()];
  if (literals.length > 0) all.push({ is: [...new Set(literals)] });
  const [only] = all;
  return all.length === 1 && only !== undefined ? only : { union: all };
}

function firstSentence(text: string): string {
  const [sentence = ''] = text.replaceAll(/\s+/g, ' ').split(/(?<=[^.]{3}[.:;]) /);
  return sentence.replace(/[.:;]$/, '');
}
