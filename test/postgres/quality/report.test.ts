// quality/report.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../quality/report.test.ts';
