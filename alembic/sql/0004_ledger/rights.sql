revoke execute on function ledger_open_accounts, ledger_post, ledger_fold_court, ledger_refuse_accounts,
  ledger_refuse_short, ledger_count_holds from public;
grant execute on function ledger_open_accounts, ledger_post, ledger_fold_court to ankuan_app;
grant update (state, ended_at) on ledger_hold to ankuan_app;
