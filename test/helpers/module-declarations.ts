import ts from 'typescript';

/** A generated module, parsed: the names declared at its top, and every identifier in it. */
export interface ParsedModule {
  /** Kinds and names: `value rtLinkFamily`, `type Link`. */
  readonly declarations: readonly string[];
  readonly identifiers: ReadonlySet<string>;
}

/** Throws unless a module parses, and consists of imports, declarations and the check of its runtime's version alone. */
export function parseGenerated(source: string): ParsedModule {
  const file = ts.createSourceFile('module.ts', source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: readonly ts.Diagnostic[] };
  const [wrong] = parseDiagnostics;
  if (wrong !== undefined) throw new Error(`the module does not parse: ${JSON.stringify(wrong.messageText)}`);
  const identifiers = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) identifiers.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { declarations: file.statements.flatMap(declared), identifiers };
}

function declared(statement: ts.Statement): string[] {
  if (ts.isImportDeclaration(statement)) return [];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [`value ${name.text}`] : name.elements.map((each) => `value ${each.getText()}`),
    );
  }
  if (ts.isFunctionDeclaration(statement)) return [`value ${statement.name?.text ?? ''}`];
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
    return [`type ${statement.name.text}`];
  }
  if (/^runtime\.requireAbi\('[\w-]+', \d+\);$/.test(statement.getText())) return [];
  throw new Error(`a statement of another kind: ${statement.getText().slice(0, 80)}`);
}
