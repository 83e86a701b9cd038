// e2e/process.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/process.test.ts';
