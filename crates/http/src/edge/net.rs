//! IP ranges, and the client's IP address behind trusted proxies.

use std::net::IpAddr;

use actix_web::HttpRequest;
use ipnet::IpNet;
use thiserror::Error;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a list of addresses and networks")]
pub struct InvalidIpRanges;

/// A list of IP addresses and networks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IpRanges(Vec<IpNet>);

impl IpRanges {
    /// Parses a comma-separated list (`10.0.0.0/8, 192.0.2.7`).
    pub fn parse(raw: &str) -> Result<Self, InvalidIpRanges> {
        let parts = raw.split(',').map(str::trim).filter(|part| !part.is_empty());
        let nets: Result<Vec<IpNet>, InvalidIpRanges> = parts
            .map(|part| {
                part.parse::<IpNet>()
                    .or_else(|_| part.parse::<IpAddr>().map(IpNet::from))
                    .map_err(|_| InvalidIpRanges)
            })
            .collect();
        nets.map(Self)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// An IPv4-mapped IPv6 address is compared as IPv4.
    pub fn contains(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|net| net.contains(&ip))
    }
}

/// The client's IP address: that of the peer or, if the peer is a trusted proxy, the last address in `X-Forwarded-For`
/// that is not a trusted proxy. `X-Forwarded-For` of an untrusted peer is ignored.
pub fn client_ip(request: &HttpRequest, trusted: &IpRanges) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    if !trusted.contains(peer) {
        return Some(peer);
    }
    let mut client = peer;
    let headers: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .collect();
    for hop in headers.iter().rev().flat_map(|value| value.rsplit(',')) {
        let Ok(ip) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        client = ip.to_canonical();
        if !trusted.contains(client) {
            break;
        }
    }
    Some(client)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn ip_of(peer: &str, forwarded: &str, trusted: &str) -> String {
        let request = TestRequest::default()
            .peer_addr(format!("{peer}:1234").parse().unwrap())
            .insert_header(("X-Forwarded-For", forwarded))
            .to_http_request();
        client_ip(&request, &IpRanges::parse(trusted).unwrap())
            .unwrap()
            .to_string()
    }

    #[test]
    fn b3_forwarded_for_of_an_untrusted_peer_is_ignored() {
        assert_eq!(ip_of("203.0.113.9", "198.51.100.1", ""), "203.0.113.9");
        assert_eq!(ip_of("203.0.113.9", "198.51.100.1", "10.0.0.0/8"), "203.0.113.9");
    }

    #[test]
    fn behind_a_trusted_proxy_the_last_untrusted_address_is_the_client() {
        assert_eq!(
            ip_of("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.7", "10.0.0.0/8"),
            "198.51.100.1"
        );
        assert_eq!(ip_of("10.0.0.1", "nonsense", "10.0.0.0/8"), "10.0.0.1");
    }

    #[test]
    fn a_list_with_an_invalid_range_is_rejected() {
        assert!(
            IpRanges::parse("10.0.0.0/8, 2001:db8::/32,192.0.2.7")
                .unwrap()
                .contains("192.0.2.7".parse().unwrap())
        );
        assert_eq!(IpRanges::parse("10.0.0.0/8, here"), Err(InvalidIpRanges));
        assert!(IpRanges::parse("").unwrap().is_empty());
    }
}
