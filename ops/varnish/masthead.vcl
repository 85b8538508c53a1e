vcl 4.1;
# Varnish in front of Masthead: keeps public answers for as long as `s-maxage` says, and forgets by name what an event has
# touched (PURGE_URL=http://<this host>/purge, PURGE_TOKEN as below). Checked by test/server/varnish.test.ts.

import std;

backend masthead {
  .host = "127.0.0.1";
  .port = "3000";
}

# Who may tell it to forget something.
acl purgers {
  "127.0.0.1";
  "::1";
}

sub vcl_recv {
  if (req.url == "/purge") {
    if (req.method != "POST" || client.ip !~ purgers || req.http.Authorization != "Bearer change-me") {
      return (synth(403));
    }
    # Names as Masthead makes them and nothing else: what follows becomes a regular expression.
    if (req.http.Surrogate-Key !~ "^[a-z_]+(:[0-9a-f-]+)?( [a-z_]+(:[0-9a-f-]+)?)*$") {
      return (synth(400));
    }
    if (!std.ban("obj.http.Surrogate-Key ~ (^|\s)(" + regsuball(req.http.Surrogate-Key, " ", "|") + ")(\s|$)")) {
      return (synth(400, std.ban_error()));
    }
    return (synth(204));
  }
  # What a key may see is nobody else's.
  if ((req.method != "GET" && req.method != "HEAD") || req.http.Authorization) {
    return (pass);
  }
  unset req.http.Cookie;
  set req.url = std.querysort(req.url);
  return (hash);
}

sub vcl_backend_response {
  # A failure is not kept, and where something older is at hand, that is shown (`stale-if-error`).
  if (beresp.status >= 500) {
    if (bereq.is_bgfetch) {
      return (abandon);
    }
    set beresp.uncacheable = true;
    return (deliver);
  }
}

sub vcl_deliver {
  # RFC 9211: the caches in their order, the nearest to the origin first.
  if (obj.hits > 0) {
    set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; hit";
  } else {
    set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; fwd=miss";
  }
  # The names are between Masthead and its caches.
  unset resp.http.Surrogate-Key;
}
