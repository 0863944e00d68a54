#!/bin/bash
# Run once by the database image when its volume is empty: the role that owns the tables, and the one that works.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
     --set owner_password="$ANKUAN_OWNER_PASSWORD" --set app_password="$ANKUAN_APP_PASSWORD" <<'SQL'
create role ankuan_owner login nosuperuser nocreatedb nocreaterole nobypassrls password :'owner_password';
create role ankuan_app login nosuperuser nocreatedb nocreaterole nobypassrls password :'app_password';
create database ankuan owner ankuan_owner;
SQL
