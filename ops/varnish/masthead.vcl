vcl 4.1;
# Varnish in front of Masthead: keeps public answers for as long as `s-maxage` says, and forgets by name what an event has
# touched. How to start it, step by step: docs/scaling.md. Checked by test/server/varnish.test.ts.

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
      return (synth(400));
    }
    return (synth(204));
  }
  # What a key may see is nobody else's.
  if ((req.method != "GET" && req.method != "HEAD") || req.http.Authorization) {
    return (pass);
  }
  unset req.http.Cookie;
  set req.url = std.querysort(req.url);
  # One variant for each coding, made by Masthead, with the ETag it has there. Without `-p http_gzip_support=off` Varnish
  # has put "gzip" here already: then `br` is never asked for, and who takes no gzip gets it unpacked, with a weak ETag.
  if (req.http.Accept-Encoding ~ "(?i)(^|,)\s*br\s*(,|$|;\s*q=(1|0\.\d*[1-9]))") {
    set req.http.Accept-Encoding = "br";
  } elsif (req.http.Accept-Encoding ~ "(?i)(^|,)\s*gzip\s*(,|$|;\s*q=(1|0\.\d*[1-9]))") {
    set req.http.Accept-Encoding = "gzip";
  } else {
    unset req.http.Accept-Encoding;
  }
  return (hash);
}

sub vcl_backend_response {
  # A failure is not kept. While something older may be shown (`stale-while-revalidate`; Varnish knows no
  # `stale-if-error`), that is shown.
  if (beresp.status >= 500) {
    if (bereq.is_bgfetch) {
      return (abandon);
    }
    set beresp.uncacheable = true;
    return (deliver);
  }
}

sub vcl_deliver {
  # RFC 9211: the caches in their order, the nearest to the origin first. What is kept has not been at the origin.
  if (obj.uncacheable) {
    set resp.http.X-Varnish-Did = "varnish; fwd=bypass";
  } elsif (obj.hits > 0) {
    set resp.http.X-Varnish-Did = "varnish; hit";
    unset resp.http.Cache-Status;
  } else {
    set resp.http.X-Varnish-Did = "varnish; fwd=miss";
  }
  if (resp.http.Cache-Status) {
    set resp.http.Cache-Status = resp.http.Cache-Status + ", " + resp.http.X-Varnish-Did;
  } else {
    set resp.http.Cache-Status = resp.http.X-Varnish-Did;
  }
  unset resp.http.X-Varnish-Did;

  # What lies here was touched by nothing since, or it would have been purged: to a browser it is as new as at the origin,
  # and `max-age` counts from now, but not beyond what is left of `s-maxage`, which ends where the answer itself does. What
  # is shown past that (`stale-while-revalidate`) keeps its age. `s-maxage` is for whoever hears purges; nobody behind does.
  if (!obj.uncacheable && obj.ttl > 0s && resp.http.Cache-Control ~ "s-maxage=") {
    if (obj.ttl < std.duration(regsub(resp.http.Cache-Control, "^(?:.*[ ,])?max-age=(\d+).*$", "\1s"), 0s)) {
      set resp.http.Cache-Control =
        regsub(resp.http.Cache-Control, "(^|[ ,])max-age=\d+", "\1max-age=" + std.integer(duration = obj.ttl));
    }
    unset resp.http.Age;
    set resp.http.Date = now;
  }
  if (!obj.uncacheable) {
    set resp.http.Cache-Control = regsub(resp.http.Cache-Control, ",\s*s-maxage=\d+", "");
  }
  # The names are between Masthead and its caches.
  unset resp.http.Surrogate-Key;
}

# What Varnish says itself has the form of Masthead's own problems.
sub vcl_synth {
  set resp.http.X-Request-Id = req.xid;
  set resp.http.Cache-Control = "no-store";
  if (resp.status == 204) {
    return (deliver);
  }
  set resp.http.Content-Type = "application/problem+json; charset=utf-8";
  if (resp.status == 403) {
    set resp.body = {"{"type":"urn:masthead:problem:auth.forbidden","title":"The API key may not do this","status":403,"detail":"Only Masthead may purge, by POST from an address and with the token that this configuration names.","code":"auth.forbidden","requestId":""} + req.xid + {"","errors":[]}"};
  } elsif (resp.status == 400) {
    set resp.body = {"{"type":"urn:masthead:problem:request.invalid","title":"The request does not fit the contract","status":400,"detail":"Surrogate-Key takes names as Masthead makes them, with spaces between.","code":"request.invalid","requestId":""} + req.xid + {"","errors":[]}"};
  } else {
    set resp.status = 503;
    set resp.http.Retry-After = "5";
    set resp.body = {"{"type":"urn:masthead:problem:server.unavailable","title":"The service is not available","status":503,"detail":"The cache in front could not answer. Try again.","code":"server.unavailable","requestId":""} + req.xid + {"","errors":[]}"};
  }
  return (deliver);
}

sub vcl_backend_error {
  if (bereq.is_bgfetch) {
    return (abandon);
  }
  set beresp.status = 503;
  set beresp.http.X-Request-Id = bereq.xid;
  set beresp.http.Cache-Control = "no-store";
  set beresp.http.Retry-After = "5";
  set beresp.http.Content-Type = "application/problem+json; charset=utf-8";
  set beresp.body = {"{"type":"urn:masthead:problem:server.unavailable","title":"The service is not available","status":503,"detail":"The server behind this cache does not answer. Try again.","code":"server.unavailable","requestId":""} + bereq.xid + {"","errors":[]}"};
  return (deliver);
}
