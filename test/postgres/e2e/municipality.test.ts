// e2e/municipality.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/municipality.test.ts';
