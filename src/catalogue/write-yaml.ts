// Writes maps, lists, texts and numbers as YAML that any reader of version 1.2 takes, texts in double quotes as JSON has them. Used by write-changes.ts. Pure.

const key = (name: string): string => (/^[a-z][a-z0-9-]*$/i.test(name) ? name : JSON.stringify(name));

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

const lines = (value: unknown, indent: string): string => {
  if (Array.isArray(value)) return value.map((one) => `\n${indent}- ${JSON.stringify(one)}`).join('');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, member]) => {
        const nested = typeof member === 'object' && member !== null;
        if (nested && isEmpty(member)) return `\n${indent}${key(name)}: ${Array.isArray(member) ? '[]' : '{}'}`;
        return `\n${indent}${key(name)}:${nested ? lines(member, `${indent}  `) : ` ${JSON.stringify(member)}`}`;
      })
      .join('');
  return ` ${JSON.stringify(value)}`;
};

/** The text of a document whose lists hold texts and numbers. */
export const stringify = (value: Readonly<Record<string, unknown>>): string => `${lines(value, '').slice(1)}\n`;
