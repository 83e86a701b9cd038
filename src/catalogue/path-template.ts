// Addresses with names in braces, as descriptions of APIs write them. Used for links to what takes the place of an operation. Pure.

const name = /^\{(\w+)\}$/;

/**
 * A template as an address. Its names stand for what they stood for in the address that was asked for, by the template of that; `base` is where an API lies whose
 * templates begin there and not at the root. Null where a name is not known.
 */
export const expandPath = (to: string, from: string, path: string | null, base: string): string | null => {
  const lies = path !== null && !matches(from, path) && base !== '/' ? base : '';
  const names = path === null ? new Map<string, string>() : namesIn(from, path.slice(lies.length));
  if (names === null) return null;
  const segments = to.split('/').map((segment) => {
    const asked = name.exec(segment)?.[1];
    return asked === undefined ? (segment.includes('{') ? null : segment) : (names.get(asked) ?? null);
  });
  return segments.includes(null) ? null : `${lies}${segments.join('/')}`;
};

const matches = (template: string, path: string): boolean => namesIn(template, path) !== null;

/** What names of a template stand for in an address, as it was sent; null where the address is not one of the template. The last name may span segments. */
const namesIn = (template: string, path: string): ReadonlyMap<string, string> | null => {
  const wanted = template.split('/');
  const given = path.split('/');
  const names = new Map<string, string>();
  for (const [index, segment] of wanted.entries()) {
    const asked = name.exec(segment)?.[1];
    const isLast = index === wanted.length - 1;
    const value = isLast && asked !== undefined ? given.slice(index).join('/') : given[index];
    if (value === undefined) return null;
    if (asked !== undefined) names.set(asked, value);
    else if (segment.toLowerCase() !== value.toLowerCase()) return null;
  }
  return given.length > wanted.length && name.exec(wanted.at(-1) ?? '') === null ? null : names;
};
