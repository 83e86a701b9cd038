// sandbox/event-adapter.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../sandbox/event-adapter.test.ts';
