// e2e/writes.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/writes.test.ts';
