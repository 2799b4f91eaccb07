import { align4 } from '../../wire/byte-order.js';
import { headerKeys } from '../body-keys.js';
import { describeHeader } from '../interpreter/description.js';
import type { BodySpec, FamilySpec, MessageSpec, OperationSpec } from '../model.js';
import { pascalCase } from '../names.js';
import { attributeColumn, columnType } from './columns.js';
import { operationBodies } from '../operation-bodies.js';
import { docComment } from './comments.js';
import { familyConstant, type ModuleNames, property } from './naming.js';
import { quoted } from './literals.js';

/** The printed names for a body that messages consist of. */
interface Root {
  readonly body: BodySpec;
  readonly message: string;
  readonly input: string;
  readonly codec: string;
  readonly columns: string;
}

/** Prints the operations: requests, codecs, the client's type and the family itself. */
export class OperationPrinter {
  readonly #spec: FamilySpec;
  readonly #names: ModuleNames;
  readonly #roots = new Map<string, Root>();
  readonly #requests = new Map<MessageSpec, string>();
  readonly #client: string;
  readonly #lines: string[] = [];

  constructor(spec: FamilySpec, names: ModuleNames) {
    this.#spec = spec;
    this.#names = names;
    this.#client = names.claim(`${pascalCase(spec.name)}Client`);
  }

  print(): string[] {
    for (const body of this.#spec.operations.flatMap(operationBodies)) this.#root(body);
    this.#printRequests();
    this.#printClient();
    this.#printFamily();
    return this.#lines;
  }

  #root(body: BodySpec): Root {
    const message = this.#names.body(body);
    const known = this.#roots.get(message);
    if (known !== undefined) return known;
    const input = message === 'Decoded' ? 'ExtraInputs' : `${message}Input`;
    const codec = `${message.charAt(0).toLowerCase()}${message.slice(1)}Codec`;
    const columns = this.#printColumns(body, message);
    const root = { body, message, input, codec, columns };
    this.#roots.set(message, root);
    this.#printCodec(root);
    return root;
  }

  /** The type of the columns that a dump of this body can have; `object` if there are none. */
  #printColumns({ header, set }: BodySpec, message: string): string {
    const members = header === undefined ? [] : [...headerKeys(header, set)];
    const columns = [
      ...members.map(([member, key]) => [key, columnType(member.type)] as const),
      ...(set?.attributes ?? []).map((attribute) => [attribute.key, attributeColumn(attribute)] as const),
    ].flatMap(([key, type]) => (type === undefined ? [] : [`  readonly ${property(key)}: ${type};`]));
    const isDumped = this.#spec.operations.some(
      ({ body, dump }) => dump !== undefined && this.#names.body(body) === message,
    );
    if (!isDumped || columns.length === 0) return 'object';
    const name = this.#names.claim(`${message.replace(/Message$/, '')}Columns`);
    this.#lines.push(
      ...docComment(`The columns of a dump of \`${message}\`. Named values and flags are numbers.`),
      `export interface ${name} {`,
      ...columns,
      '}',
      '',
    );
    return name;
  }

  #printCodec({ body, message, input, codec }: Root): void {
    const { header, set } = body;
    const name = set === undefined ? undefined : this.#names.of(set);
    const describe = name === undefined ? '() => ({})' : `describe${name}`;
    const decode =
      header !== undefined
        ? `read${message}`
        : name === undefined
          ? '(view, start, end, strict) => readNothing({}, view, start, end, strict)'
          : `(view, start, end, strict) => read${name}({}, view, start, end, strict)`;
    const write = header === undefined && name === undefined ? 'writeNothing' : `write${message}`;
    const project =
      header !== undefined
        ? `project${message}(view, start, end, strict, wanted)`
        : name === undefined
          ? 'readNothing({}, view, start, end, strict)'
          : `read${name}(wanted.isLarge ? new Roomy${name}() : {}, view, start, end, strict, wanted.attributes)`;
    const usesWanted = /\bwanted\b/.test(project);
    if (header === undefined && name !== undefined)
      this.#lines.push(`const Roomy${name} = /* @__PURE__ */ roomy<${name}>();`, '');
    const members = describeHeader(body).map((member) => `    ${source(member)},`);
    this.#lines.push(
      `const ${codec}: BodyCodec<${message}, ${input}> = {`,
      `  headerLength: ${align4(header?.size ?? 0)},`,
      ...(members.length === 0 ? ['  header: [],'] : ['  header: [', ...members, '  ],']),
      `  attributes: ${describe},`,
      `  encode: (writer, value) => ${write}(writer, objectOf(value)),`,
      `  decode: ${decode},`,
      '  project(keys) {',
      usesWanted
        ? '    const wanted = selection(keys, this.header, this.attributes());'
        : '    selection(keys, this.header, this.attributes());',
      `    return (view, start, end, strict) => ${project} as Pick<${message}, (typeof keys)[number]>;`,
      '  },',
      '};',
      '',
    );
  }

  /** On Generic Netlink, requests have the attributes that the spec lists; on other protocols its lists are incomplete. */
  #printRequests(): void {
    for (const operation of this.#spec.operations) {
      for (const mode of ['do', 'dump'] as const) {
        const request = operation[mode]?.request;
        if (request === undefined) continue;
        const body = request.body ?? operation.body;
        const { input } = this.#root(body);
        if (this.#spec.generic === undefined || body.set === undefined) {
          this.#requests.set(request, input);
          continue;
        }
        const name = this.#names.claim(`${pascalCase(operation.name)}${pascalCase(mode)}Request`);
        this.#requests.set(request, name);
        this.#lines.push(
          ...docComment(
            `The parameters of \`${operation.constant ?? operation.name}\`${mode === 'dump' ? ' as a dump' : ''}.`,
          ),
          `export type ${name} = Pick<${input}, ${this.#requestKeys(body, request)}>;`,
          '',
        );
      }
    }
  }

  #requestKeys({ header, set }: BodySpec, request: MessageSpec): string {
    const members = header === undefined ? [] : [...headerKeys(header, set).values()];
    const keys = request.attributes.flatMap(
      (name) => set?.attributes.find((attribute) => attribute.name === name)?.key ?? [],
    );
    return [...new Set([...members, ...keys, 'extra'])].map(quoted).join(' | ');
  }

  #printClient(): void {
    const operations = this.#spec.operations;
    const notifications = operations.flatMap(({ name, body, notification }) =>
      notification === undefined ? [] : [`  | NotificationOf<${quoted(name)}, ${this.#root(body).message}>`],
    );
    const groups = this.#spec.groups.map(({ name }) => quoted(name)).join(' | ');
    const family = pascalCase(this.#spec.name);
    const notification = this.#names.claim(`${family}Notification`);
    const requests = this.#names.claim(`${family}Requests`);
    const dumps = this.#names.claim(`${family}Dumps`);
    this.#lines.push(
      ...(notifications.length === 0
        ? []
        : [
            ...docComment('The notifications that the kernel sends to the multicast groups.'),
            `export type ${notification} =`,
            ...notifications.slice(0, -1),
            `${notifications.at(-1) ?? ''};`,
            '',
          ]),
      ...docComment(`Requests of \`${this.#spec.name}\` with one answer.`),
      `export interface ${requests} {`,
      ...operations.flatMap((operation) => this.#doOperation(operation)),
      '}',
      '',
      ...docComment(`Requests of \`${this.#spec.name}\` with any number of answers.`),
      `export interface ${dumps} {`,
      ...operations.flatMap((operation) => this.#dumpOperation(operation)),
      '}',
      '',
      ...docComment(`The client of \`${this.#spec.name}\`, as \`openFamily\` returns it.`),
      `export type ${this.#client} = FamilyClient<`,
      `  ${requests},`,
      `  ${dumps},`,
      `  ${notifications.length === 0 ? 'never' : notification},`,
      `  ${groups === '' ? 'never' : groups}`,
      '>;',
      '',
    );
  }

  #doOperation(operation: OperationSpec): string[] {
    if (operation.do === undefined) return [];
    const { message } = this.#root(operation.body);
    const request = this.#requests.get(operation.do.request) ?? 'object';
    const { reply, optionalReply } = operation.do;
    const kind = reply === undefined ? 'ActOperation' : 'GetOperation';
    const answer = optionalReply === true ? `${message} | undefined` : message;
    return [
      ...docComment(operationComment(operation, operation.do), '  '),
      `  readonly ${property(operation.key)}: ${kind}<${request}, ${answer}>;`,
    ];
  }

  #dumpOperation(operation: OperationSpec): string[] {
    if (operation.dump === undefined) return [];
    const { message, columns } = this.#root(operation.body);
    const request = this.#requests.get(operation.dump.request) ?? 'object';
    return [
      ...docComment(operationComment(operation, operation.dump), '  '),
      `  readonly ${property(operation.key)}: DumpOperation<${request}, ${message}, ${columns}>;`,
    ];
  }

  #printFamily(): void {
    const { name, protocol, generic, groups, operations } = this.#spec;
    this.#lines.push(
      ...docComment(`The family \`${name}\`; pass it to \`openFamily\`.`),
      `export const ${familyConstant(this.#spec)}: Family<${this.#client}> = {`,
      `  name: ${quoted(name)},`,
      `  protocol: ${protocol},`,
      ...(generic === undefined ? [] : [`  version: ${generic.version},`]),
      `  groups: {${groups.map((group) => ` ${quoted(group.name)}: ${String(group.id)}`).join(',')}${groups.length > 0 ? ' ' : ''}},`,
      '  operations: {',
      ...operations.flatMap((operation) => this.#operation(operation)),
      '  },',
      '  notifications: {',
      ...operations.flatMap((operation) => this.#notification(operation)),
      '  },',
      '};',
    );
  }

  #operation(operation: OperationSpec): string[] {
    if (operation.do === undefined && operation.dump === undefined) return [];
    const { codec } = this.#root(operation.body);
    const mode = (key: 'do' | 'dump') => {
      const spec = operation[key];
      if (spec === undefined) return [];
      const reply = spec.reply === undefined ? '' : `, reply: ${spec.reply.id}`;
      const echo = spec.echo === true ? ', echo: true' : '';
      const optional = spec.optionalReply === true ? ', optionalReply: true' : '';
      const { body } = spec.request;
      const own = body === undefined ? '' : `, body: ${this.#root(body).codec}`;
      return [`      ${key}: { request: ${spec.request.id}${reply}${echo}${optional}${own} },`];
    };
    return [
      `    ${property(operation.key)}: {`,
      `      name: ${quoted(operation.name)},`,
      ...(operation.constant === undefined ? [] : [`      constant: ${quoted(operation.constant)},`]),
      ...(operation.privilege === undefined ? [] : [`      privilege: ${quoted(operation.privilege)},`]),
      `      body: ${codec},`,
      ...mode('do'),
      ...mode('dump'),
      '    },',
    ];
  }

  #notification({ name, body, notification }: OperationSpec): string[] {
    if (notification === undefined) return [];
    const group = notification.group === undefined ? '' : `, group: ${quoted(notification.group)}`;
    return [`    ${notification.id}: { name: ${quoted(name)}, body: ${this.#root(body).codec}${group} },`];
  }
}

function operationComment(
  { name, constant, privilege }: OperationSpec,
  { request, reply }: { readonly request: MessageSpec; readonly reply?: MessageSpec },
): string {
  const sentences = [
    `\`${constant ?? name}\`.`,
    privilege === undefined ? '' : 'Needs CAP_NET_ADMIN.',
    request.attributes.length === 0 ? '' : `Request attributes: ${request.attributes.join(', ')}.`,
    reply === undefined || reply.attributes.length === 0
      ? ''
      : `Reply attributes: ${reply.attributes.join(', ')}.`,
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** An object of plain values as source. */
function source(value: object): string {
  const entries = Object.entries(value).map(
    ([key, part]) => `${key}: ${typeof part === 'string' ? quoted(part) : String(part)}`,
  );
  return `{ ${entries.join(', ')} }`;
}
