pytest_plugins = ["pytester"]


def test_each_test_begins_anew(pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from datetime import datetime, timezone

        @pytest.fixture(scope="session")
        def dsappd_options():
            return {"at": datetime(2020, 1, 1, tzinfo=timezone.utc)}

        def test_one(dsappd):
            dsappd.clock.advance(hours=1)
            dsappd.activate("user2")

        def test_two(dsappd):
            assert dsappd.user("user2").otp == "755224"
            assert dsappd.clock.now() < datetime(2020, 1, 1, 1, tzinfo=timezone.utc)

        def test_that_fails(dsappd):
            dsappd.register("user3")
            assert False
        """
    )
    result = pytester.runpytest_subprocess("-p", "pytest_dsappd.plugin", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*Requests of dsappd*", "*: soap dsappSRPRegister user3 HTTP 200 STAT_SUCCESS*"])


def test_a_running_lab_is_steered(pytester, dsappd, monkeypatch) -> None:
    monkeypatch.setenv("DSAPPD_LAB", dsappd.urls.lab)
    pytester.makepyfile("def test(dsappd): dsappd.register('user4')")
    pytester.runpytest_subprocess("-p", "pytest_dsappd.plugin", "-p", "no:cacheprovider").assert_outcomes(passed=1)
    assert dsappd.requests(user="user4")
