// e2e/hostile-writes.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/hostile-writes.test.ts';
