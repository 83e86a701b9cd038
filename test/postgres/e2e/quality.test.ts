// e2e/quality.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/quality.test.ts';
