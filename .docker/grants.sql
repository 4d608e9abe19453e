-- What the owner gives the application, for the tables there are and for whatever it creates later. Used by the
-- embedded server (config/postgres.py), for its template too, and by the first start of the production one (roles.sh).
ALTER DEFAULT PRIVILEGES FOR ROLE zhengdun_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO zhengdun_app;
ALTER DEFAULT PRIVILEGES FOR ROLE zhengdun_owner GRANT USAGE, SELECT ON SEQUENCES TO zhengdun_app;
ALTER DEFAULT PRIVILEGES FOR ROLE zhengdun_owner GRANT USAGE ON SCHEMAS TO zhengdun_app;
GRANT USAGE ON SCHEMA public TO zhengdun_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO zhengdun_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO zhengdun_app;
