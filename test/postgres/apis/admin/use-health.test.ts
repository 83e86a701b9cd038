// apis/admin/use-health.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/admin/use-health.test.ts';
