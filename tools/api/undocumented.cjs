// What the public API leaves unsaid: symbols and members without a doc comment, and optional ones without @default.
'use strict';

const { relative } = require('node:path');
// The TypeScript that API Extractor makes its programs with.
const ts = require(require.resolve('typescript', { paths: [require.resolve('@microsoft/api-extractor')] }));

/** What is generated says what its source says. */
const GENERATED = /\.gen(\.d)?\.ts$/;

/**
 * Looks through all that can be reached from the exports of some files: types that a signature names are public too,
 * exported or not.
 *
 * @param program a program of which the files are part
 * @param entries files whose exports are public
 * @param folder the files of the library; what is declared elsewhere is not looked at
 * @returns lines, sorted
 */
function undocumented(program, entries, folder) {
  const checker = program.getTypeChecker();
  const isOurs = (declaration) => {
    const { fileName } = declaration.getSourceFile();
    return fileName.startsWith(`${folder}/`) && !GENERATED.test(fileName);
  };
  const lines = new Set();
  const seen = new Set();

  const complain = (declaration, name, what) => {
    const file = relative(folder, declaration.getSourceFile().fileName).replace(/\.d\.ts$/, '.ts');
    lines.add(`${file}: ${name} ${what}`);
  };

  const visitSymbol = (symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (seen.has(target)) return;
    seen.add(target);
    const declarations = (target.declarations ?? []).filter(isOurs);
    if (declarations.length === 0 || target.flags & ts.SymbolFlags.TypeParameter) return;
    if (!hasText(target)) complain(declarations[0], target.name, 'has no doc comment');
    for (const declaration of declarations) visitNode(declaration, target.name);
  };

  /** Goes through members, and through the names in types. */
  const visitNode = (node, path) => {
    ts.forEachChild(node, (child) => {
      if (isHidden(child)) return;
      if (isMember(child)) visitMember(child, path);
      else if (ts.isIdentifier(child)) visitName(child);
      else visitNode(child, path);
    });
  };

  const visitName = (identifier) => {
    const symbol = checker.getSymbolAtLocation(identifier);
    if (symbol !== undefined && isTopLevel(symbol)) visitSymbol(symbol);
  };

  const visitMember = (member, path) => {
    const symbol = checker.getSymbolAtLocation(member.name);
    const name = `${path}.${member.name.getText()}`;
    const isOptional = member.questionToken !== undefined && !ts.isMethodDeclaration(member);
    const isSilent = !hasText(symbol) && !overridesForeign(member);
    if (isSilent && (isOptional || !speaksForItself(member))) complain(member, name, 'has no doc comment');
    if (isOptional && !hasDefault(symbol)) complain(member, name, 'is optional and has no @default');
    visitNode(member, name);
  };

  const hasText = (symbol) => symbol.getDocumentationComment(checker).some(({ text }) => text.trim() !== '');
  const hasDefault = (symbol) =>
    symbol.getJsDocTags(checker).some((tag) => tag.name === 'default' && tag.text);

  /** A member that a class of another package or of the language declares, such as the name of an Error. */
  const overridesForeign = (member) => {
    if (!ts.isClassLike(member.parent)) return false;
    const bases = (member.parent.heritageClauses ?? []).flatMap((clause) => clause.types);
    return bases.some((base) => {
      const inherited = checker.getTypeAtLocation(base).getProperty(member.name.getText());
      return inherited?.declarations?.some((declaration) => !isOurs(declaration)) === true;
    });
  };

  for (const entry of entries) {
    const source = program.getSourceFile(entry);
    if (source === undefined) throw new Error(`${entry} is not part of the program`);
    for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(source))) visitSymbol(symbol);
  }
  return [...lines].sort();
}

/**
 * A discriminant, which its value explains, and a required field of an inline `{ … }`, which the comment above the
 * whole explains.
 */
function speaksForItself(member) {
  if (ts.isTypeLiteralNode(member.parent)) return true;
  return ts.isPropertySignature(member) && member.type !== undefined && ts.isLiteralTypeNode(member.type);
}

function isMember(node) {
  return (
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isGetAccessorDeclaration(node) ||
    ts.isEnumMember(node)
  );
}

function isHidden(node) {
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  const hiding = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  return (
    modifiers.some(({ kind }) => hiding.includes(kind)) || (node.name && ts.isPrivateIdentifier(node.name))
  );
}

/** Whether it is declared on its own or imported, not as a member, parameter or type parameter. */
function isTopLevel(symbol) {
  const own =
    ts.SymbolFlags.Class |
    ts.SymbolFlags.Interface |
    ts.SymbolFlags.TypeAlias |
    ts.SymbolFlags.Enum |
    ts.SymbolFlags.Function |
    ts.SymbolFlags.Variable |
    ts.SymbolFlags.Alias;
  const isParameter =
    symbol.declarations?.some((it) => ts.isParameter(it) || ts.isBindingElement(it)) === true;
  return (symbol.flags & own) !== 0 && !isParameter;
}

module.exports = { undocumented, ts };
