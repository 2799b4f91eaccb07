// A typedoc plugin for the API reference.
import { Converter, ReflectionKind } from 'typedoc';

// Each module is named as programs import it: `afnetlink/wire` rather than `lib/wire`.
const names = [
  [/^lib\/socket\/filter/, 'afnetlink/filter'],
  [/^lib\/spec\/runtime/, 'afnetlink/generated-runtime'],
  [/^lib\/index$|^lib$/, 'afnetlink'],
  [/^lib\/(.+)$/, 'afnetlink/$1'],
  [/^vm.*/, 'afnetlink/vm'],
];

function nameModules(project) {
  for (const module of project.children ?? []) {
    const [pattern, name] = names.find(([each]) => each.test(module.name)) ?? [];
    if (pattern) module.name = module.name.replace(pattern, name);
  }
}

/** Members of an object type that is written in place, in a union for one: the comment of the type around them speaks for all. */
const isInPlace = (member) =>
  member.parent?.kindOf(ReflectionKind.TypeLiteral) && !member.comment && !isOfParameter(member);

// typedoc asks for no comments there itself.
const isOfParameter = ({ parent }) =>
  parent !== undefined && (parent.kindOf(ReflectionKind.Parameter) || isOfParameter(parent));

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    nameModules(project);
    const members = project.getReflectionsByKind(ReflectionKind.Property).filter(isInPlace);
    app.options.setValue(
      'intentionallyNotDocumented',
      // As typedoc names what it misses: a function once, not once more for its signature.
      Array.from(new Set(members.map((member) => member.getFullName().replace(/\.(\w+)\.\1\./, '.$1.')))),
    );
  });
}
