import ts from 'typescript';

/** Source with a call of `hit` in each function and branch, whose numbers begin at `first`; and the number that follows. */
export function instrument(source: string, first: number): { readonly code: string; readonly next: number } {
  const file = ts.createSourceFile('module.js', source, ts.ScriptTarget.ES2022, false, ts.ScriptKind.JS);
  const opening: [at: number, text: string][] = [];
  const closing: [at: number, text: string][] = [];
  let next = first;
  const hit = () => `${HIT}(${next++})`;
  const wrapStatement = (statement: ts.Node | undefined): void => {
    if (statement === undefined) return;
    if (ts.isBlock(statement)) opening.push([statement.statements.pos, `${hit()};`]);
    else wrap(statement, `{${hit()};`, '}');
  };
  const wrapExpression = (expression: ts.Node): void => wrap(expression, `(${hit()},`, ')');
  const wrap = (node: ts.Node, before: string, after: string): void => {
    opening.push([node.getStart(file), before]);
    wrapped.set(node, after);
  };
  const wrapped = new Map<ts.Node, string>();
  const visit = (node: ts.Node): void => {
    for (const branch of statements(node)) wrapStatement(branch);
    for (const branch of expressions(node)) wrapExpression(branch);
    if (ts.isCaseOrDefaultClause(node)) opening.push([node.statements.pos, `${hit()};`]);
    ts.forEachChild(node, visit);
    const after = wrapped.get(node);
    if (after !== undefined) closing.push([node.end, after]);
  };
  visit(file);
  return { code: insert(source, closing, opening), next };
}

/** The name of the function that instrumented code calls. */
export const HIT = '__afnetlinkHit';

function statements(node: ts.Node): (ts.Node | undefined)[] {
  if (ts.isIfStatement(node)) return [node.thenStatement, node.elseStatement];
  if (ts.isIterationStatement(node, false)) return [node.statement];
  if (ts.isCatchClause(node)) return [node.block];
  if (ts.isFunctionLike(node) && 'body' in node && node.body && ts.isBlock(node.body)) return [node.body];
  return [];
}

function expressions(node: ts.Node): ts.Node[] {
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse];
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return [node.body];
  if (ts.isBinaryExpression(node) && SHORT_CIRCUITS.has(node.operatorToken.kind)) return [node.right];
  return [];
}

const SHORT_CIRCUITS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

/** At the same place, what closes comes before what opens. */
function insert(
  source: string,
  closing: readonly (readonly [number, string])[],
  opening: readonly (readonly [number, string])[],
): string {
  const edits = [...closing, ...opening].sort(([one], [other]) => one - other);
  let from = 0;
  let code = '';
  for (const [at, text] of edits) {
    code += source.slice(from, at) + text;
    from = at;
  }
  return code + source.slice(from);
}
