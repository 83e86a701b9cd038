// The table of layers as data, and the check of it: who may import whom, no circles between files, which package has which home, no file
// that nobody reaches. Called by check.ts. To add a folder to the house, add a row here.
import { importsOf, isSource, packageOf } from './imports.ts';
import type { Import } from './imports.ts';
import type { Finding, Tree } from './tree.ts';

type Layer = {
  /** Folders (`base`) or single files (`store/store.ts`) below src that it may import, beside its own folder. */
  readonly may: readonly string[];
  /** Its folders are apart from each other; files directly in it are shared by them. */
  readonly apart?: true;
  /** Of folders that are apart: one that the others share. It leans on none of them. */
  readonly shared?: string;
};

const storeContract = ['store/store.ts', 'store/plan.ts', 'store/followed-until.ts'];
const core = ['base', 'model'];

/** From the lowest floor to the highest; `sandbox` and `verify` stand beside the house. */
export const layers: Readonly<Record<string, Layer>> = {
  base: { may: [] },
  model: { may: ['base'] },
  store: { may: core, apart: true, shared: 'writing' },
  formats: { may: ['base'] },
  // What clients write to choose resources, in the words of the model.
  filters: { may: core },
  hub: { may: [...core, ...storeContract] },
  // What is the same wherever the model is told in other words, as JSON and as XML; parts carry the word by which the gate knows their marks.
  mappings: { may: [...core, 'hub', 'formats/xml', 'catalogue/gate/marks.ts'] },
  // Types of other APIs as rows that are found, gone through and written.
  tables: { may: [...core, 'hub', 'mappings'] },
  // The gate reads descriptions of XML, which are XML.
  catalogue: { may: [...core, ...storeContract, 'formats/xml'] },
  // What the catalogue tells, brought to those who asked for it.
  notices: { may: [...core, 'catalogue', ...storeContract] },
  auth: { may: [...core, 'hub', 'catalogue', ...storeContract] },
  ingest: { may: [...core, 'hub', 'catalogue', ...storeContract, 'formats'], apart: true },
  // Services of XML that are told as operations: over REST and SOAP, with what describes them.
  services: {
    may: [
      ...core,
      'hub',
      'mappings',
      'tables',
      'formats/xml',
      'apis/api.ts',
      'apis/client-scope.ts',
      'apis/page-files.ts',
      'apis/path-pattern.ts',
      'catalogue/gate/marks.ts',
    ],
  },
  // Messages about changes, brought to queues and addresses.
  messages: { may: [...core, 'hub', 'mappings', 'catalogue', 'notices/webhook.ts', ...storeContract] },
  // What every API that speaks GraphQL is run by.
  graphql: { may: [...core, 'hub'] },
  // What is kept of exports, settings and schedules stands in a contract of its own.
  exports: { may: [...core, 'hub', 'mappings', 'catalogue', ...storeContract, 'store/exports.ts', 'formats'] },
  // Alone may use the contract that takes no plan.
  quality: { may: [...core, 'hub', ...storeContract, 'store/quality.ts'] },
  apis: {
    may: [
      ...core,
      'hub',
      'filters',
      'mappings',
      'tables',
      'services',
      'messages/stream.ts',
      'formats/xml',
      'catalogue',
      'graphql',
    ],
    apart: true,
    shared: 'graphql-console',
  },
  http: { may: ['base', 'apis/api.ts', 'auth/verify.ts', 'hub/principal.ts'] },
  config: { may: ['base'] },
  app: {
    may: [
      'base',
      'model',
      'store',
      'hub',
      'filters',
      'mappings',
      'tables',
      'services',
      'messages',
      'catalogue',
      'auth',
      'ingest',
      'quality',
      'formats',
      'exports',
      'notices',
      'graphql',
      'apis',
      'http',
      'config',
      'sandbox',
      'verify',
    ],
  },
};

/** Packages that may be used in one place only: what makes them replaceable. Paths are prefixes. */
export const packageHomes: Readonly<Record<string, readonly string[]>> = {
  'libxml2-wasm': ['src/formats/xml/'],
  '@microsoft/dev-tunnels-ssh': ['src/exports/delivery/'],
  '@microsoft/dev-tunnels-ssh-keys': ['src/exports/delivery/'],
  amqplib: ['src/messages/'],
  nodemailer: ['src/notices/'],
  saxes: ['src/formats/xml/'],
  // The gate compares and checks texts; it runs nothing.
  graphql: ['src/graphql/', 'src/catalogue/gate/'],
  ajv: ['src/apis/flyt-skole/', 'src/apis/gemini/'],
  graphiql: ['src/apis/graphql-console/'],
  react: ['src/apis/graphql-console/'],
  'react-dom': ['src/apis/graphql-console/'],
  'node:sqlite': ['src/store/sqlite/', 'verify/'],
  pg: ['src/store/postgres/', 'bench/engines/'],
  'pg-copy-streams': ['bench/engines/'],
  fastify: ['src/http/'],
  'oidc-provider': ['src/auth/'],
  jose: ['src/auth/'],
  commander: ['src/app/'],
  pino: ['src/app/'],
  'prom-client': ['src/app/'],
  yaml: ['src/model/', 'src/app/', 'src/config/', 'src/apis/gemini/'],
};

/** Files that stand for no other file's import: the way in. */
const isEntry = (path: string): boolean => path.startsWith('bin/') || path === 'src/app/main.ts';

export type LayerReport = { readonly findings: readonly Finding[]; readonly files: number; readonly imports: number };

/** Checks the tree. Finds too little when it is given too little, so the counts are part of the answer. */
export const checkLayers = (tree: Tree): LayerReport => {
  const manifest = readManifest(tree);
  const imports = importsOf(tree, manifest.imports);
  const files = [...tree.keys()].filter(isSource);
  const findings = [
    ...imports.flatMap((one) => checkImport(one, manifest)),
    ...circles(files, imports),
    ...orphans(files, imports),
    ...strangers(files),
  ];
  return { findings, files: files.length, imports: imports.length };
};

type Manifest = {
  readonly imports: Readonly<Record<string, string>>;
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
};

const readManifest = (tree: Tree): Manifest => {
  const value: { imports?: Record<string, string>; dependencies?: object; devDependencies?: object } = JSON.parse(
    tree.get('package.json') ?? '{}',
  );
  return {
    imports: value.imports ?? {},
    dependencies: new Set(Object.keys(value.dependencies ?? {})),
    devDependencies: new Set(Object.keys(value.devDependencies ?? {})),
  };
};

const checkImport = (one: Import, manifest: Manifest): readonly Finding[] => {
  const say = (rule: string, message: string): readonly Finding[] => [
    { path: one.from, line: one.line, rule, message },
  ];
  if (one.form === 'package') return checkPackage(one, manifest, say);
  if (one.to === null) return say('import-target', `${one.specifier} leads to no file`);
  const from = placeOf(one.from);
  const to = placeOf(one.to);
  if (from.top === to.top && from.layer === to.layer) {
    const layer = from.layer === null ? undefined : layers[from.layer];
    if (layer?.apart === true && to.room !== null && from.room !== to.room && to.room !== layer.shared)
      return say('layer', `${one.from} may not import its neighbour ${one.to}`);
    return one.form === 'alias' && from.room === to.room
      ? say('import-form', `inside a folder imports are relative: ${one.specifier}`)
      : [];
  }
  if (from.layer === null) return fromOutside(from.top, to, say, one);
  const name = to.top === 'src' ? one.to.slice('src/'.length) : one.to;
  const allowed = layers[from.layer]?.may.some((entry) => name === entry || name.startsWith(`${entry}/`)) === true;
  if (!allowed) return say('layer', `${from.layer} may not import ${name}`);
  return one.form === 'relative'
    ? say('import-form', `across folders imports are written #folder/file.ts: ${one.specifier}`)
    : [];
};

type Say = (rule: string, message: string) => readonly Finding[];

/** sandbox and verify import nothing of ours; bin, tools, test and bench may import anything but are imported by nobody in src. */
const fromOutside = (top: string, to: Place, say: Say, one: Import): readonly Finding[] => {
  if (top === 'sandbox' || top === 'verify') return say('layer', `${top} may not import ${one.to ?? one.specifier}`);
  if (to.layer !== null && one.form === 'relative' && top !== 'bin')
    return say('import-form', `across folders imports are written #folder/file.ts: ${one.specifier}`);
  return [];
};

const checkPackage = (one: Import, manifest: Manifest, say: Say): readonly Finding[] => {
  const name = packageOf(one.specifier);
  const found: Finding[] = [];
  const homes = packageHomes[name];
  const product = /^(?:src|sandbox|verify|bin)\//.test(one.from);
  if (homes !== undefined && product && !homes.some((home) => one.from.startsWith(home)))
    found.push(...say('package-home', `${name} is used in ${homes.join(', ')} only`));
  if (!name.startsWith('node:') && !manifest.dependencies.has(name) && (product || !manifest.devDependencies.has(name)))
    found.push(...say('package', `${name} is not among the dependencies of package.json`));
  return found;
};

type Place = {
  /** `src`, `sandbox`, `test`, `tools`, `bench`, `bin`. */
  readonly top: string;
  /** The folder below src, null elsewhere. */
  readonly layer: string | null;
  /** The folder below the layer, null for files directly in it. */
  readonly room: string | null;
};

const placeOf = (path: string): Place => {
  const [top = '', layer, ...rest] = path.split('/');
  return {
    top,
    layer: top === 'src' && layer !== undefined ? layer : null,
    room: rest.length > 1 ? (rest[0] ?? null) : null,
  };
};

/** Folders of src that the table does not know. */
const strangers = (files: readonly string[]): readonly Finding[] =>
  [...new Set(files.filter((path) => path.startsWith('src/')).map((path) => path.split('/')[1] ?? ''))]
    .filter((name) => layers[name] === undefined)
    .map((name) => ({
      path: `src/${name}`,
      line: 0,
      rule: 'layer',
      message: `src/${name} is not in the table of layers`,
    }));

/** Files of src that no way in leads to. */
const orphans = (files: readonly string[], imports: readonly Import[]): readonly Finding[] => {
  const reached = new Set(files.filter(isEntry));
  const open = [...reached];
  const outgoing = Map.groupBy(imports, (one) => one.from);
  for (let path = open.pop(); path !== undefined; path = open.pop())
    for (const { to } of outgoing.get(path) ?? [])
      if (to !== null && !reached.has(to)) {
        reached.add(to);
        open.push(to);
      }
  return files
    .filter((path) => path.startsWith('src/') && !reached.has(path))
    .map((path) => ({ path, line: 0, rule: 'orphan', message: 'nothing that runs leads to this file' }));
};

/** Groups of files that import each other in a circle (Tarjan's strongly connected components). */
const circles = (files: readonly string[], imports: readonly Import[]): readonly Finding[] => {
  const outgoing = Map.groupBy(imports, (one) => one.from);
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: Finding[] = [];
  const visit = (path: string): void => {
    order.set(path, order.size);
    low.set(path, order.get(path) ?? 0);
    stack.push(path);
    for (const { to } of outgoing.get(path) ?? []) {
      if (to === null) continue;
      if (!order.has(to)) visit(to);
      if (stack.includes(to)) low.set(path, Math.min(low.get(path) ?? 0, low.get(to) ?? 0));
    }
    if (low.get(path) !== order.get(path)) return;
    const group = stack.splice(stack.indexOf(path));
    const self = outgoing.get(path)?.some((one) => one.to === path) === true;
    if (group.length > 1 || self)
      found.push({ path, line: 0, rule: 'circle', message: `imports run in a circle: ${group.toSorted().join(', ')}` });
  };
  for (const path of files) if (!order.has(path)) visit(path);
  return found;
};
