//! A connection over which callbacks are sent, one after the other.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::target::Callback;
use crate::{Result, Target};

/// One connection.
#[derive(Debug)]
pub(crate) struct Publisher {
    socket: TcpStream,
    request: String,
    answer: Vec<u8>,
}

impl Publisher {
    pub(crate) async fn connect(target: &Target) -> Result<Self> {
        let socket = TcpStream::connect(target.spec.address).await?;
        socket.set_nodelay(true)?;
        Ok(Self {
            socket,
            request: String::new(),
            answer: vec![0; 8 * 1024],
        })
    }

    /// Sends one and waits for its answer, which has to be good.
    pub(crate) async fn send(&mut self, target: &Target, callback: Callback) -> Result<()> {
        target.publish(&mut self.request, callback);
        match self.ask(None).await? {
            200..300 => Ok(()),
            status => Err(format!("a callback was answered {status}").into()),
        }
    }

    /// Sends a request (the last one again, unless one is given); its answer's status.
    pub(crate) async fn ask(&mut self, request: Option<&str>) -> Result<u16> {
        let request = request.unwrap_or(&self.request);
        self.socket.write_all(request.as_bytes()).await?;
        let mut length = 0;
        loop {
            let Some(room) = self.answer.get_mut(length..).filter(|room| !room.is_empty()) else {
                return Err("an answer that is too long".into());
            };
            let read = self.socket.read(room).await?;
            if read == 0 {
                return Err("the server closed the connection".into());
            }
            length += read;
            if let Some(status) = status_of_whole(&self.answer[..length])? {
                return Ok(status);
            }
        }
    }
}

/// The status, once the answer is whole.
fn status_of_whole(answer: &[u8]) -> Result<Option<u16>> {
    let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&answer[..head])?;
    let length = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(Ok(0), |(_, value)| value.trim().parse::<usize>())?;
    if answer.len() < head + 4 + length {
        return Ok(None);
    }
    let status = text.get(9..12).ok_or("an answer without a status")?;
    Ok(Some(status.parse()?))
}
