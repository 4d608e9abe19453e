#!/bin/bash
# Run once by the postgres image on an empty data folder: the owner role migrates and backs up, the application role
# owns nothing, and the superuser is used by nobody afterwards.
set -euo pipefail
: "${OWNER_PASSWORD:?OWNER_PASSWORD must be set}" "${APP_PASSWORD:?APP_PASSWORD must be set}"
psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" \
    -v grants="${GRANTS:-/etc/zhengdun/grants.sql}" <<'SQL'
CREATE ROLE zhengdun_owner LOGIN CREATEDB NOSUPERUSER PASSWORD :'owner_password';
CREATE ROLE zhengdun_app LOGIN NOCREATEDB NOSUPERUSER PASSWORD :'app_password';
\connect template1
\i :grants
\connect postgres
CREATE DATABASE zhengdun OWNER zhengdun_owner;
SQL
