// A small reader of XML for the consumers that tests play: a tree of elements from a text that is well-formed. It has nothing in common with what the
// product writes and reads with.

export type Tree = {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Tree[];
  readonly text: string;
};

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const decode = (text: string): string =>
  text.replaceAll(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (all, name: string) => {
    if (name.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)));
    return entities[name] ?? all;
  });

const sign = /<\?[^]*?\?>|<!--[^]*?-->|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/g;
const attribute = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

type Open = { name: string; namespace: string; attributes: Record<string, string>; children: Open[]; text: string };

/** The root element. Throws when tags do not match. */
export const treeOf = (document: string): Tree => {
  const top: Open = { name: '', namespace: '', attributes: {}, children: [], text: '' };
  const open: Open[] = [top];
  for (const [, closing, name, attributes = '', empty, text] of document.matchAll(sign)) {
    const around = open.at(-1);
    if (around === undefined) throw new Error('tags do not match');
    if (text !== undefined) around.text += decode(text);
    if (name === undefined) continue;
    if (closing === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> does not match`);
      continue;
    }
    const found = Object.fromEntries(
      [...attributes.matchAll(attribute)].map(([, key, double, single]) => [key ?? '', decode(double ?? single ?? '')]),
    );
    const element: Open = {
      name,
      namespace: found['xmlns'] ?? around.namespace,
      attributes: found,
      children: [],
      text: '',
    };
    around.children.push(element);
    if (empty !== '/') open.push(element);
  }
  const [root] = top.children;
  if (root === undefined || open.length !== 1) throw new Error('no root, or tags do not match');
  return root;
};

export const all = (tree: Tree | undefined, name: string): readonly Tree[] =>
  tree?.children.filter((child) => child.name === name) ?? [];

export const first = (tree: Tree | undefined, ...path: readonly string[]): Tree | undefined =>
  path.reduce((at: Tree | undefined, name) => at?.children.find((child) => child.name === name), tree);

export const textAt = (tree: Tree | undefined, ...path: readonly string[]): string | null =>
  first(tree, ...path)?.text ?? null;
