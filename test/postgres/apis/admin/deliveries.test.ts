// apis/admin/deliveries.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/admin/deliveries.test.ts';
