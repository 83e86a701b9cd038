// Audit records as events of the Open Cybersecurity Schema Framework, class API Activity (6003), for systems that watch over many services.
// Used by audit-trail.ts. https://schema.ocsf.io/1.6.0/classes/api_activity
import type { AuditEntry } from '#store/store.ts';

const version = '1.6.0';
const classUid = 6003;

const activities = { create: 1, read: 2, update: 3, delete: 4, other: 99 } as const;
type Activity = keyof typeof activities;

const activityNames: Readonly<Record<Activity, string>> = {
  create: 'Create',
  read: 'Read',
  update: 'Update',
  delete: 'Delete',
  other: 'Other',
};

// What the hub calls it, and the methods of requests that were turned away before it had a name.
const activityOf: Readonly<Record<string, Activity>> = {
  read: 'read',
  list: 'read',
  changes: 'read',
  state: 'read',
  visible: 'read',
  'live-read': 'read',
  'poll-events': 'read',
  'list-syncs': 'read',
  outcome: 'read',
  'audit-search': 'read',
  'audit-export': 'read',
  create: 'create',
  update: 'update',
  delete: 'delete',
  remove: 'delete',
  'deliver-full': 'update',
  'deliver-delta': 'update',
  'deliver-delete': 'delete',
  'answer-event': 'update',
  GET: 'read',
  HEAD: 'read',
  POST: 'create',
  PUT: 'update',
  PATCH: 'update',
  DELETE: 'delete',
};

/** One event. What the schema has no place for stands under `unmapped`. */
export const toOcsf = ({ sequence, record }: AuditEntry, organisation: string): object => {
  const activity = activityOf[record.operation] ?? 'other';
  const allowed = record.decision === 'allow';
  return {
    class_uid: classUid,
    class_name: 'API Activity',
    category_uid: Math.floor(classUid / 1_000),
    category_name: 'Application Activity',
    activity_id: activities[activity],
    activity_name: activityNames[activity],
    type_uid: classUid * 100 + activities[activity],
    type_name: `API Activity: ${activityNames[activity]}`,
    severity_id: allowed ? 1 : 2,
    severity: allowed ? 'Informational' : 'Low',
    status_id: allowed ? 1 : 2,
    status: allowed ? 'Success' : 'Failure',
    time: record.at,
    metadata: {
      version,
      product: { name: 'Bindeledd', vendor_name: 'Bindeledd' },
      uid: record.id,
      sequence,
      tenant_uid: organisation,
      log_name: 'audit',
    },
    actor: {
      app_uid: record.client,
      app_name: record.client,
      session: { uid: record.token, issuer: record.issuer },
    },
    api: { operation: record.operation, service: { name: record.api }, request: { uid: record.request } },
    src_endpoint: { name: record.client },
    resources: [{ type: 'collection', name: record.collection, owner: { org: { uid: organisation } } }],
    unmapped: {
      decision: record.decision,
      rule: record.rule,
      count: record.count,
      subjects: record.subjects,
      details: record.details,
    },
  };
};
