// notices/promotion.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../notices/promotion.test.ts';
