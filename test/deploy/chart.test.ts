// The chart for Kubernetes, rendered: what an installation would be given, whether its parts fit each other and the product, and whether what an
// operator may not leave open is closed. Rendered by helm too, where it is installed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { parseAllDocuments, parseDocument, stringify } from 'yaml';
import { ownerVariable } from '#app/cli/migrate.ts';
import { buildProgram } from '#app/cli/program.ts';
import { resolveSettings } from '#config/settings.ts';
import { httpLimits } from '#http/limits.ts';
import { laidOver, readChart, renderChart } from './chart-rendering.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'deploy/helm/bindeledd');
const chart = readChart(folder);

const given = {
  publicUrl: 'https://hub.example.test',
  networkPolicy: { database: { to: [{ ipBlock: { cidr: '10.20.30.0/24' } }] } },
};
const everything = {
  ...given,
  workers: 4,
  stopping: { waitSeconds: 20, drainSeconds: 60 },
  settings: { audit_retention_months: 36, security_contact: 'mailto:security@example.test' },
  autoscaling: { enabled: true },
  image: { digest: `sha256:${'0'.repeat(64)}` },
  imagePullSecrets: [{ name: 'pull' }],
  podAnnotations: { 'example.test/note': 'one' },
  podLabels: { team: 'school' },
  nodeSelector: { 'kubernetes.io/arch': 'amd64' },
  tolerations: [{ key: 'school', operator: 'Exists' }],
  affinity: { nodeAffinity: {} },
  priorityClassName: 'important',
  service: { annotations: { 'example.test/note': 'two' } },
};

type Tree = { readonly [name: string]: unknown };
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands at a path of names and numbers; undefined when nothing does. */
const at = (value: unknown, path: string): unknown =>
  path
    .split('/')
    .reduce<unknown>(
      (found, name) => (Array.isArray(found) ? found[Number(name)] : isTree(found) ? found[name] : undefined),
      value,
    );

/** For names that hold what separates the parts of a path. */
const member = (value: unknown, name: string): unknown => (isTree(value) ? value[name] : undefined);

const rendered = (over: unknown): readonly Tree[] =>
  [...renderChart(chart, laidOver(chart.values, over))]
    .filter(([name]) => name.endsWith('.yaml'))
    .flatMap(([name, text]) =>
      parseAllDocuments(text, { uniqueKeys: true }).flatMap((document) => {
        assert.deepEqual(document.errors, [], `${name}:\n${text}`);
        const value: unknown = document.toJS();
        return isTree(value) ? [value] : [];
      }),
    );

const only = (documents: readonly Tree[], kind: string, name = 'hub-bindeledd'): Tree => {
  const found = documents.filter((one) => one['kind'] === kind && at(one, 'metadata/name') === name);
  assert.equal(found.length, 1, `${kind} ${name}`);
  return found[0] ?? {};
};

const validate = new Ajv({ allErrors: true, strict: true, strictTypes: false, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(folder, 'values.schema.json'), 'utf8')),
);
const fits = (over: unknown): boolean => validate(laidOver(chart.values, over));

/** What makes pods of another version: a digest of their settings. */
const mark = (over: unknown): unknown =>
  member(at(only(rendered(over), 'Deployment'), 'spec/template/metadata/annotations'), 'bindeledd/settings');

const includes = (whole: unknown, part: unknown): boolean =>
  isTree(whole) && isTree(part) && Object.entries(part).every(([name, value]) => whole[name] === value);

describe('the chart', () => {
  it('says what it needs', () => {
    assert.throws(() => rendered({ ...given, publicUrl: '' }), /publicUrl must be/);
    assert.throws(() => rendered({ publicUrl: given.publicUrl }), /networkPolicy.database.to must say/);
  });

  it('takes its own values, and no others', () => {
    for (const over of [{}, given, everything]) assert.ok(fits(over), JSON.stringify(validate.errors));
    for (const wrong of [
      { replica: 3 },
      { replicas: 0 },
      { image: { tag: 'latest' } },
      { publicUrl: 'hub.example.test' },
      { settings: { database_url: 'postgres://one:two@three/four' } },
      { settings: { auditRetention: 3 } },
      { settings: { stop_notice_seconds: 3 } },
      // The hub takes no fewer than 6.
      { database: { connections: 5 } },
      { stopping: { waitSeconds: 5, drainSeconds: 10 } },
      { database: { url: 'postgres://one:two@three/four' } },
      { networkPolicy: { database: { to: [{}] } } },
    ])
      assert.ok(!fits(wrong), JSON.stringify(wrong));
  });

  it('uses every value that it names, and none that it does not', () => {
    const used = new Set(
      [...chart.templates.values()].flatMap((text) =>
        [...text.matchAll(/\.Values\.([\w.]+)/g)].map(([, path]) => path),
      ),
    );
    const named = (value: unknown, path: string): readonly string[] =>
      isTree(value) && Object.keys(value).length > 0 && !used.has(path)
        ? Object.entries(value).flatMap(([name, inner]) => named(inner, path === '' ? name : `${path}.${name}`))
        : [path];
    assert.deepEqual(new Set(named(chart.values, '')), used);
  });

  for (const [what, over] of [
    ['with what must be given', given],
    ['with everything', everything],
  ] as const) {
    const documents = rendered(over);

    it(`is whole ${what}`, () => {
      for (const one of documents) {
        assert.match(String(one['apiVersion']), /^(?:v1|[a-z0-9.]+\/v\d)$/);
        const name = String(at(one, 'metadata/name'));
        assert.match(name, /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
        for (const [label, value] of Object.entries(at(one, 'metadata/labels') ?? {}))
          assert.match(`${label} ${value}`, /^[a-zA-Z0-9./-]+ [A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/);
      }
      assert.ok(!documents.some(({ kind }) => kind === 'Secret'), 'secrets are made elsewhere');
    });

    it(`keeps pods closed ${what}`, () => {
      const works = documents.filter(({ kind }) => kind === 'Deployment' || kind === 'Job');
      assert.equal(works.length, 2);
      for (const work of works) {
        const pod = at(work, 'spec/template/spec');
        assert.equal(at(pod, 'automountServiceAccountToken'), false);
        assert.equal(at(pod, 'securityContext/runAsNonRoot'), true);
        assert.equal(at(pod, 'securityContext/runAsUser'), 10_001);
        assert.equal(at(pod, 'securityContext/seccompProfile/type'), 'RuntimeDefault');
        for (const forbidden of ['hostNetwork', 'hostPID', 'hostIPC']) assert.equal(at(pod, forbidden), undefined);
        const container = at(pod, 'containers/0');
        assert.equal(at(pod, 'containers/1'), undefined);
        assert.deepEqual(at(container, 'securityContext'), {
          allowPrivilegeEscalation: false,
          privileged: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        assert.ok(at(container, 'resources/limits/memory') !== undefined);
        assert.ok(at(container, 'resources/requests/cpu') !== undefined);
        assert.match(String(at(container, 'image')), /^bindeledd(?::\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$/);
        const volumes = at(pod, 'volumes');
        const mounts = at(container, 'volumeMounts');
        assert.ok(Array.isArray(volumes) && Array.isArray(mounts));
        assert.deepEqual(new Set(mounts.map((one) => at(one, 'name'))), new Set(volumes.map((one) => at(one, 'name'))));
        assert.ok(!volumes.some((one) => at(one, 'hostPath') !== undefined));
        // Secrets are files: an environment is seen by whoever sees the process.
        assert.doesNotMatch(JSON.stringify(at(container, 'env')), /secretKeyRef|postgres:\/\//);
      }
    });

    it(`lets the hub hear and say what it needs to, and nothing else, ${what}`, () => {
      const hub = at(only(documents, 'Deployment'), 'spec/template/metadata/labels');
      const job = at(only(documents, 'Job', 'hub-bindeledd-migrate'), 'spec/template/metadata/labels');
      const allowed = only(documents, 'NetworkPolicy');
      const migrating = only(documents, 'NetworkPolicy', 'hub-bindeledd-migrate');
      assert.ok(includes(hub, at(allowed, 'spec/podSelector/matchLabels')));
      assert.ok(includes(job, at(migrating, 'spec/podSelector/matchLabels')));
      assert.deepEqual(at(migrating, 'spec/ingress'), []);
      for (const policy of [allowed, migrating]) {
        assert.deepEqual(at(policy, 'spec/policyTypes'), ['Ingress', 'Egress']);
        const egress = at(policy, 'spec/egress');
        assert.ok(Array.isArray(egress));
        assert.deepEqual(
          egress.map((one) => at(one, 'ports')),
          [
            [
              { protocol: 'UDP', port: 53 },
              { protocol: 'TCP', port: 53 },
            ],
            [{ protocol: 'TCP', port: 5432 }],
          ],
        );
        for (const one of egress) assert.ok(at(one, 'to/0') !== undefined, 'a rule without to allows every address');
      }
      assert.deepEqual(at(allowed, 'spec/ingress/0/ports'), [{ protocol: 'TCP', port: 8080 }]);
      assert.ok(at(allowed, 'spec/ingress/0/from/0') !== undefined);
      const service = only(documents, 'Service');
      assert.ok(includes(hub, at(service, 'spec/selector')) && !includes(job, at(service, 'spec/selector')));
    });

    it(`replaces pods without losing a request ${what}`, () => {
      const hub = only(documents, 'Deployment');
      const pod = at(hub, 'spec/template/spec');
      const labels = at(hub, 'spec/template/metadata/labels');
      assert.deepEqual(at(hub, 'spec/strategy/rollingUpdate'), { maxUnavailable: 0, maxSurge: 1 });
      assert.ok(includes(labels, at(hub, 'spec/selector/matchLabels')));
      assert.equal(at(pod, 'containers/0/readinessProbe/httpGet/path'), '/health/ready');
      assert.equal(at(pod, 'containers/0/livenessProbe/httpGet/path'), '/health/live');
      assert.equal(at(pod, 'containers/0/startupProbe/httpGet/path'), '/health/live');
      assert.equal(at(pod, 'containers/0/ports/0/name'), at(pod, 'containers/0/readinessProbe/httpGet/port'));
      assert.equal(at(only(documents, 'Service'), 'spec/ports/0/targetPort'), 'http');
      // Longer than notice and draining together: what follows is closing the store.
      const { stop_notice_seconds: notice, drain_seconds: draining } = parseDocument(
        String(member(at(only(documents, 'ConfigMap'), 'data'), 'bindeledd.yaml')),
      ).toJS() as Readonly<Record<string, unknown>>;
      const stopping = Number(notice) + Number(draining);
      assert.ok(Number(at(pod, 'terminationGracePeriodSeconds')) >= stopping + 10);
      // The hub waits by itself; a hook before it would take from the time that both have.
      assert.equal(at(pod, 'containers/0/lifecycle'), undefined);
      // Two rounds of the probe are over before the notice is, and so is the time for which the hub keeps idle connections.
      assert.ok(
        Number(at(pod, 'containers/0/readinessProbe/periodSeconds')) *
          Number(at(pod, 'containers/0/readinessProbe/failureThreshold')) <
          Number(notice),
      );
      assert.ok(Number(notice) * 1_000 > httpLimits.keepAliveMs);
      const budget = only(documents, 'PodDisruptionBudget');
      assert.ok(includes(labels, at(budget, 'spec/selector/matchLabels')));
      assert.equal(at(budget, 'spec/maxUnavailable'), 1);
      for (const spread of ['0', '1'])
        assert.ok(
          includes(labels, at(pod, `topologySpreadConstraints/${spread}/labelSelector/matchLabels`)),
          `spread ${spread}`,
        );
    });

    it(`makes the tables first, as their owner, ${what}`, () => {
      const job = only(documents, 'Job', 'hub-bindeledd-migrate');
      assert.equal(member(at(job, 'metadata/annotations'), 'helm.sh/hook'), 'pre-install,pre-upgrade');
      const secret = (work: Tree): unknown =>
        (at(work, 'spec/template/spec/volumes') as readonly Tree[]).find((one) => one['name'] === 'database')?.[
          'secret'
        ];
      assert.equal(at(job, 'spec/template/spec/containers/0/env/0/name'), `${ownerVariable}_FILE`);
      assert.equal(at(secret(job), 'secretName'), 'bindeledd-database-owner');
      assert.equal(at(secret(only(documents, 'Deployment')), 'secretName'), 'bindeledd-database');
    });

    it(`gives the hub settings that it takes ${what}`, () => {
      const text = String(member(at(only(documents, 'ConfigMap'), 'data'), 'bindeledd.yaml'));
      const resolved = resolveSettings({
        flags: {},
        environment: { BINDELEDD_DATABASE_URL_FILE: 'database-url' },
        file: { name: 'bindeledd.yaml', text },
        readSecret: () => 'postgres://bindeledd_hub:secret@server:5432/bindeledd',
      });
      assert.ok(resolved.ok, resolved.ok ? '' : `${resolved.problem.detail}\n${text}`);
      assert.equal(resolved.value.settings.port, 8080);
      const { waitSeconds, drainSeconds } = { waitSeconds: 8, drainSeconds: 10, ...(at(over, 'stopping') as object) };
      assert.equal(resolved.value.settings.stopNoticeSeconds, waitSeconds);
      assert.equal(resolved.value.settings.drainSeconds, drainSeconds);
    });

    it(`runs commands that there are ${what}`, () => {
      const program = buildProgram({ language: 'en', finish: () => undefined });
      for (const [kind, name] of [
        ['Deployment', 'hub-bindeledd'],
        ['Job', 'hub-bindeledd-migrate'],
      ] as const) {
        const [command, ...flags] = at(only(documents, kind, name), 'spec/template/spec/containers/0/args') as string[];
        const found = program.commands.find((one) => one.name() === command);
        assert.ok(found, `bindeledd ${command}`);
        for (const flag of flags.filter((one) => one.startsWith('--')))
          assert.ok(
            found.options.some(({ long }) => long === flag),
            `bindeledd ${command} ${flag}`,
          );
      }
    });
  }

  it('leaves the number of pods to the autoscaler, where there is one', () => {
    assert.equal(at(only(rendered(given), 'Deployment'), 'spec/replicas'), 2);
    const scaled = rendered(everything);
    assert.equal(at(only(scaled, 'Deployment'), 'spec/replicas'), undefined);
    assert.equal(at(only(scaled, 'HorizontalPodAutoscaler'), 'spec/scaleTargetRef/name'), 'hub-bindeledd');
  });

  it('starts pods anew when settings change, and only then', () => {
    assert.notEqual(mark(given), mark({ ...given, settings: { log_level: 'warn' } }));
    assert.equal(mark(given), mark({ ...given, replicas: 5 }));
  });

  it('is of the version of the program', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
    assert.equal(chart.about['appVersion'], version);
    assert.deepEqual(parseDocument(readFileSync(join(folder, 'values.yaml'), 'utf8')).errors, []);
  });

  const helm = spawnSync('helm', ['version', '--short']).status === 0;
  it('is the same when helm renders it', { skip: helm ? false : 'helm is not installed' }, () => {
    const place = mkdtempSync(join(tmpdir(), 'bindeledd-chart-'));
    try {
      const values = join(place, 'values.yaml');
      writeFileSync(values, stringify(everything));
      for (const words of [
        ['lint', folder, '--strict', '--values', values],
        ['template', 'hub', folder, '--namespace', 'school', '--values', values],
      ]) {
        const { status, stdout, stderr } = spawnSync('helm', words, { encoding: 'utf8' });
        assert.equal(status, 0, stderr);
        if (words[0] !== 'template') continue;
        const key = (one: unknown): string => `${String(at(one, 'kind'))} ${String(at(one, 'metadata/name'))}`;
        const byHelm = parseAllDocuments(stdout).map((one): unknown => one.toJS());
        assert.deepEqual(
          new Map(byHelm.map((one) => [key(one), one])),
          new Map(rendered(everything).map((one) => [key(one), one])),
        );
      }
    } finally {
      rmSync(place, { recursive: true });
    }
  });
});
