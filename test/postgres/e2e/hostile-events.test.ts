// e2e/hostile-events.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/hostile-events.test.ts';
