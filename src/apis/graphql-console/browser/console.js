// Runs in the browser, on the page of console-page.ts: starts GraphiQL on the schema that the flags open, gets tokens, puts examples into the editor.
// Nothing is stored: the token, and all that GraphiQL would keep, live as long as the page.
/* global React, ReactDOM, GraphiQL */
const main = document.querySelector('main');
const texts = JSON.parse(main.dataset.texts);
// A proxy may have put something before the addresses of the hub.
const { hub } = main.dataset;
const path = `${hub}${main.dataset.path}`;
const byId = (id) => document.getElementById(id);
const tell = (id, text) => {
  byId(id).textContent = text;
};

const sentFlags = () => [...document.querySelectorAll('input[name="flag"]:checked')].map(({ value }) => value);

// The token: here and nowhere else.
let token = null;
let ending = null;

const keepToken = (value, seconds) => {
  clearTimeout(ending);
  token = value;
  byId('forget').disabled = value === null;
  if (value === null || seconds === null) return;
  ending = setTimeout(() => {
    keepToken(null, null);
    tell('token-state', texts.tokenOver);
  }, seconds * 1000);
};

/** The two parts of the header are encoded one by one (RFC 6749, 2.3.1). */
const basic = (id, secret) => `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`;

const askForToken = async () => {
  const [id, secret, tenant] = ['client-id', 'client-secret', 'tenant'].map((each) => byId(each).value.trim());
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'fint-client' });
  if (tenant !== '') body.set('tenant_id', tenant);
  tell('token-state', texts.asking);
  try {
    const answer = await fetch(`${hub}/oauth/token`, {
      method: 'POST',
      headers: { Authorization: basic(id, secret), Accept: 'application/json' },
      body,
      credentials: 'omit',
      cache: 'no-store',
    });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok || typeof told.access_token !== 'string') {
      const reason = told.error_description ?? told.error ?? String(answer.status);
      tell(
        'token-state',
        texts.refused.replace('{reason}', () => reason),
      );
      return;
    }
    const seconds = Number(told.expires_in) || 300;
    keepToken(told.access_token, seconds);
    const time = new Date(Date.now() + seconds * 1000).toLocaleTimeString(document.documentElement.lang);
    tell('token-state', texts.hasToken.replace('{time}', time));
  } catch {
    tell('token-state', texts.unreachable);
  }
};

byId('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  void askForToken();
});
byId('own-token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  keepToken(
    byId('own-token')
      .value.trim()
      .replace(/^Bearer\s+/i, ''),
    null,
  );
  byId('own-token').value = '';
  tell('token-state', texts.givenToken);
});
const forget = () => {
  keepToken(null, null);
  for (const id of ['client-secret', 'own-token']) byId(id).value = '';
  tell('token-state', texts.forgotten);
};
byId('forget').addEventListener('click', forget);
// Browsers keep pages that are left, and whoever goes back would find the token.
addEventListener('pagehide', forget);

/** Sends an operation as GraphiQL has it; headers that are written in its editor come before ours. */
const send = async (operation, { headers: written = {} } = {}) => {
  const headers = new Headers({ Accept: 'application/json', 'Content-Type': 'application/json' });
  const flags = sentFlags();
  if (flags.length > 0) headers.set('Feature-Flags', flags.join(', '));
  if (token !== null) headers.set('Authorization', `Bearer ${token}`);
  for (const [name, value] of Object.entries(written)) headers.set(name, value);
  const answer = await fetch(path, {
    method: 'POST',
    headers,
    body: JSON.stringify(operation),
    credentials: 'omit',
    cache: 'no-store',
  });
  try {
    return await answer.json();
  } catch {
    return { errors: [{ message: texts.strange.replace('{status}', String(answer.status)) }] };
  }
};

/** What GraphiQL takes for the browser's storage: it forgets with the page. */
const memory = () => {
  const held = new Map();
  return {
    get length() {
      return held.size;
    },
    getItem: (name) => held.get(name) ?? null,
    setItem: (name, value) => void held.set(name, String(value)),
    removeItem: (name) => void held.delete(name),
    clear: () => held.clear(),
  };
};

// The editors of GraphiQL, once there are some.
let editors = null;
const named = [
  ['queryEditor', 'query'],
  ['variableEditor', 'variablesEditor'],
  ['headerEditor', 'headersEditor'],
  ['responseEditor', 'response'],
];

/** Within GraphiQL, and shows nothing: gives names to the editors, and Tab back to whoever walks the page by keyboard. */
const Bridge = () => {
  const context = GraphiQL.React.useEditorContext({ nonNull: true });
  React.useEffect(() => {
    editors = context;
    for (const [name, text] of named) {
      const editor = context[name];
      if (!editor) continue;
      editor.setOption('extraKeys', { ...editor.getOption('extraKeys'), Tab: false, 'Shift-Tab': false });
      editor.setOption('screenReaderLabel', texts[text]);
    }
  });
  return null;
};

const storage = memory();
const place = byId('console');
byId('console-part').hidden = false;
for (const each of document.querySelectorAll('[data-scripted]')) each.hidden = false;
const root = ReactDOM.createRoot(place);
const show = (schema) =>
  root.render(
    React.createElement(
      GraphiQL,
      {
        fetcher: send,
        schema,
        storage,
        defaultEditorToolsVisibility: 'variables',
        defaultTheme: 'light',
        shouldPersistHeaders: false,
        showPersistHeadersSettings: false,
      },
      React.createElement(GraphiQL.Footer, null, React.createElement(Bridge)),
    ),
  );

// The schema is read where it is published, so that it is there without a token. Of several that are asked for the last counts.
let asked = 0;
const readSchema = async () => {
  asked += 1;
  const turn = asked;
  const flags = sentFlags();
  tell('schema-state', texts.loading);
  try {
    const answer = await fetch(`${path}/schema?flags=${encodeURIComponent(flags.join(','))}`, {
      credentials: 'omit',
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    if (turn !== asked) return;
    show(GraphiQL.GraphQL.buildSchema(text, { assumeValid: true, assumeValidSDL: true }));
    tell('schema-state', texts.schema.replace('{flags}', [texts.firm, ...flags].join(', ')));
  } catch {
    if (turn === asked) tell('schema-state', texts.noSchema);
  }
};

for (const input of document.querySelectorAll('input[name="flag"]')) input.addEventListener('change', readSchema);

const loadExample = async ({ example, flags, variables }) => {
  if (!editors?.queryEditor) return;
  const wanted = flags.split(',');
  const before = sentFlags().join(',');
  for (const input of document.querySelectorAll('input[name="flag"]')) input.checked = wanted.includes(input.value);
  if (sentFlags().join(',') !== before) await readSchema();
  const values = JSON.parse(variables);
  const owner = byId('owner');
  const asksOwner = owner !== null && Object.hasOwn(values, owner.dataset.variable);
  if (asksOwner) values[owner.dataset.variable] = owner.value.trim();
  editors.queryEditor.setValue(byId(example).textContent);
  editors.variableEditor?.setValue(JSON.stringify(values, null, 2));
  if (asksOwner && owner.value.trim() === '') {
    tell('example-state', texts.ownerMissing);
    owner.focus();
    return;
  }
  tell('example-state', texts.loaded);
  byId('console-part').scrollIntoView();
  editors.queryEditor.focus();
};

for (const button of document.querySelectorAll('button[data-example]'))
  button.addEventListener('click', () => loadExample(button.dataset));

tell('token-state', texts.noToken);
show(null);
void readSchema();
