// e2e/events.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/events.test.ts';
